//! A case: what is called, what has to be sent, what is answered, what has to be seen.

mod expand;
mod load;
mod path;
mod shapes;

pub(crate) use expand::count_out;
pub use load::{CaseError, load_folder, load_text};
pub(crate) use load::{from_yaml, yaml_files};
pub use path::set_at;
pub use shapes::{
    Answer, Case, Drop, ExpectedFile, ExpectedPart, ExpectedProgress, ExpectedRequest, ExpectedResponse, Host, Sees,
    Texts, fill,
};
