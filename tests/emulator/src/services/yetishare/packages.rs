//! What accounts may do: packages, as a site sells them.

use serde_json::{Value, json};

use super::{YetiShare, odd};

/// The package of administrators.
pub const ADMIN: u64 = 20;

const MIB: u64 = 1024 * 1024;
const GIB: u64 = 1024 * MIB;

/// A package. Of limits 0 is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    pub id: u64,
    pub label: &'static str,
    pub level_type: &'static str,
    pub max_upload_size: u64,
    pub can_upload: bool,
    pub max_storage_bytes: u64,
    pub max_remote_download_urls: u64,
    pub concurrent_downloads: u64,
    is_paid: bool,
}

impl Package {
    /// Those that a site has.
    pub fn all() -> [Self; 3] {
        [
            Self {
                id: 1,
                label: "Free Account",
                level_type: "free",
                max_upload_size: 100 * MIB,
                can_upload: true,
                max_storage_bytes: 5 * GIB,
                max_remote_download_urls: 5,
                concurrent_downloads: 1,
                is_paid: false,
            },
            Self {
                id: 2,
                label: "Premium Account",
                level_type: "paid user",
                max_upload_size: GIB,
                can_upload: true,
                max_storage_bytes: 0,
                max_remote_download_urls: 50,
                concurrent_downloads: 0,
                is_paid: true,
            },
            Self {
                id: ADMIN,
                label: "Administrator",
                level_type: "admin",
                max_upload_size: 0,
                can_upload: true,
                max_storage_bytes: 0,
                max_remote_download_urls: 0,
                concurrent_downloads: 0,
                is_paid: true,
            },
        ]
    }

    /// The package of this id; one that nobody has made yet gives what the free one gives.
    pub fn of(id: u64) -> Self {
        let [free, paid, admin] = Self::all();
        match id {
            2 => paid,
            ADMIN => admin,
            id => Self { id, ..free },
        }
    }
}

impl YetiShare {
    pub(super) fn shown_package(&self, package: &Package) -> Value {
        let number = |number| self.number(number);
        let flag = |on| self.number(u64::from(on));
        let level_type = match package.level_type {
            "paid user" if self.odd(odd::LEVEL_TYPE_PAID) => "paid",
            other => other,
        };
        let mut shown = json!({
            "id": number(package.id),
            "label": package.label,
            "max_upload_size": number(package.max_upload_size),
            "can_upload": flag(package.can_upload),
            "wait_between_downloads": number(if package.is_paid { 0 } else { 30 }),
            "download_speed": number(if package.is_paid { 0 } else { 512_000 }),
            "max_storage_bytes": number(package.max_storage_bytes),
            "show_site_adverts": flag(!package.is_paid),
            "show_upgrade_screen": flag(!package.is_paid),
            "days_to_keep_inactive_files": number(if package.is_paid { 0 } else { 60 }),
            "concurrent_uploads": number(if package.is_paid { 100 } else { 10 }),
            "concurrent_downloads": number(package.concurrent_downloads),
            "downloads_per_24_hours": number(if package.is_paid { 0 } else { 40 }),
            "download_size_per_24_hours": number(0),
            "max_download_filesize_allowed": number(0),
            "max_remote_download_urls": number(package.max_remote_download_urls),
            "level_type": level_type,
            "on_upgrade_page": flag(package.id == 2),
        });
        if self.odd(odd::PACKAGE_WITHOUT_DAILY_SIZE)
            && let Some(members) = shown.as_object_mut()
        {
            members.shift_remove("download_size_per_24_hours");
        }
        shown
    }
}
