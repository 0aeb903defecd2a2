//! The form of an upload.

use serde_json::json;

use crate::client::{Reply, Request, World, text};

/// An upload form, field by field, so that a test can spoil one.
pub struct Upload {
    pub action: String,
    pub fields: Vec<(String, String)>,
    pub file_field: String,
    pub file_name: String,
    pub content_type: String,
    pub bytes: Vec<u8>,
    pub file_last: bool,
}

impl Upload {
    /// Asks for a form, as premium, and fills it in as it should be.
    pub fn prepare(world: &World, parent: &str, file_name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        let form = world.call_as("premium", "getUploadFormData", json!({"parent_id": parent})).json();
        let fields = form["form_data"].as_object().expect("form_data");
        Self {
            action: text(&form["form_action"]),
            fields: fields
                .iter()
                .map(|(name, value)| (name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
                .collect(),
            file_field: text(&form["file_field"]),
            file_name: file_name.into(),
            content_type: "application/octet-stream".into(),
            bytes: bytes.into(),
            file_last: true,
        }
    }

    pub fn set(&mut self, name: &str, value: &str) {
        self.fields.iter_mut().find(|(field, _)| field == name).expect("the field is there").1 = value.into();
    }

    pub fn request(&self) -> Request {
        const BOUNDARY: &str = "a-boundary-of-the-test";
        let mut file = format!(
            "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{}\"; filename=\"{}\"\r\ncontent-type: {}\r\n\r\n",
            self.file_field, self.file_name, self.content_type
        )
        .into_bytes();
        file.extend_from_slice(&self.bytes);
        file.extend_from_slice(b"\r\n");
        let fields: Vec<u8> = self
            .fields
            .iter()
            .flat_map(|(name, value)| {
                format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                    .into_bytes()
            })
            .collect();
        let end = format!("--{BOUNDARY}--\r\n").into_bytes();
        let body = if self.file_last { [fields, file, end].concat() } else { [file, fields, end].concat() };
        Request::new("POST", &self.action)
            .header("content-type", &format!("multipart/form-data; boundary={BOUNDARY}"))
            .body(body)
    }

    pub fn send(&self) -> Reply {
        self.request().send()
    }
}
