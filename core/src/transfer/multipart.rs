//! A multipart form of known length: fields first, the file last.

use bytes::Bytes;

/// The bytes around a file, and how many there are in all.
pub(crate) struct Form {
    boundary: String,
    head: Vec<u8>,
    tail: Vec<u8>,
}

/// The file field of a form.
pub(crate) struct FileField<'a> {
    pub(crate) field: &'a str,
    pub(crate) file_name: &'a str,
}

impl Form {
    pub(crate) fn new(fields: Vec<(String, String)>, file: Option<FileField<'_>>) -> Self {
        let boundary = format!("fileferry-{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..));
        let mut head = Vec::new();
        for (name, value) in fields {
            head.extend_from_slice(
                format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n", quoted(&name))
                    .as_bytes(),
            );
            head.extend_from_slice(value.as_bytes());
            head.extend_from_slice(b"\r\n");
        }
        let mut tail = Vec::new();
        if let Some(file) = file {
            head.extend_from_slice(
                format!(
                    "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\n\
                     Content-Type: application/octet-stream\r\n\r\n",
                    quoted(file.field),
                    quoted(file.file_name)
                )
                .as_bytes(),
            );
            tail.extend_from_slice(b"\r\n");
        }
        tail.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        Self { boundary, head, tail }
    }

    pub(crate) fn content_type(&self) -> String {
        format!("multipart/form-data; boundary={}", self.boundary)
    }

    /// The whole body of a form without a file.
    pub(crate) fn fields_only(mut self) -> Vec<u8> {
        self.head.append(&mut self.tail);
        self.head
    }

    /// What goes before the file and what behind it.
    pub(crate) fn around_file(self) -> (Bytes, Bytes) {
        (self.head.into(), self.tail.into())
    }
}

/// A name inside quotes, as browsers write it: raw UTF-8, with the three characters that would end it escaped.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_fields_then_file() {
        let file = FileField { field: "file", file_name: "a \"b\"\r\nü.bin" };
        let form = Form::new(vec![("params".into(), "{\"a\":1}".into())], Some(file));
        let boundary = form.boundary.clone();
        let (head, tail) = form.around_file();
        assert_eq!(
            String::from_utf8_lossy(&head),
            format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"params\"\r\n\r\n{{\"a\":1}}\r\n\
                 --{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a %22b%22%0D%0Aü.bin\"\r\n\
                 Content-Type: application/octet-stream\r\n\r\n"
            )
        );
        assert_eq!(String::from_utf8_lossy(&tail), format!("\r\n--{boundary}--\r\n"));
    }
}
