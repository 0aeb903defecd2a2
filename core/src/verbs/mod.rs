//! Verbs that are the same for all services: what is special to one is asked of `services`.

pub(crate) mod upload_folder;
