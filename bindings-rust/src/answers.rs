//! A call's answer as the type that its operation gives.

use fileferry_core::border::Answer;

use crate::values::Value;
use crate::{ByteStream, Error, Result};

/// A typed value.
pub fn value<T: Value>(answer: Answer) -> Result<T> {
    let Answer::Value(tape, _) = answer else {
        return Err(other(&answer));
    };
    let reader = tape.reader();
    if reader.root() == 0 && !T::NULLABLE {
        return Err(Error::internal("an answer without its value"));
    }
    Ok(T::read(reader, reader.root()))
}

/// A stream.
pub fn bytes(answer: Answer) -> Result<ByteStream> {
    match answer {
        Answer::Bytes(stream) => Ok(ByteStream::new(stream)),
        other_answer => Err(other(&other_answer)),
    }
}

/// Nothing.
pub fn nothing(_answer: Answer) -> Result<()> {
    Ok(())
}

/// An address.
pub fn link(answer: Answer) -> Result<String> {
    match answer {
        Answer::Link(address) => Ok(address),
        other_answer => Err(other(&other_answer)),
    }
}

fn other(answer: &Answer) -> Error {
    let what = match answer {
        Answer::Value(..) => "a value",
        Answer::Bytes(_) => "a stream",
        Answer::None => "nothing",
        Answer::Link(_) => "an address",
    };
    Error::internal(format!("the answer is {what}, which the operation does not give"))
}
