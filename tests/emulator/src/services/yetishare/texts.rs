//! What the service says when it refuses, word for word.

pub const NO_KEY1: &str = "Please provide key1. It must be 64 characters in length.";
pub const NO_KEY2: &str = "Please provide key2. It must be 64 characters in length.";
pub const NO_USERNAME: &str = "Please provide a username.";
pub const NO_PASSWORD: &str = "Please provide a password.";
pub const WRONG_KEYS: &str = "Could not authenticate user. The key pair may be invalid or your account may be locked from too many failed logins.";
pub const WRONG_LOGIN: &str = "Could not authenticate user. The username and password may be invalid or your account may be locked from too many failed logins.";
pub const NO_API_ACCESS: &str =
    "Your account level does not have access to the file upload API. Please contact site support for more information.";
pub const NO_TOKEN_ISSUED: &str = "Failed issuing access token.";

pub const NO_TOKEN: &str = "Please provide the access_token param.";
pub const NO_ACCOUNT_ID: &str = "Please provide the account_id param.";
pub const BAD_TOKEN: &str = "Could not validate access_token and account_id, please reauthenticate or try again.";
pub const BAD_TOKEN_ALONE: &str = "Could not validate access_token, please reauthenticate or try again.";
pub const DEMO: &str = "This API feature is not available in demo mode.";

pub const NO_UPLOAD: &str = "Did not receive uploaded file.";
pub const EMPTY_UPLOAD: &str = "Filesize received was zero.";
pub const NO_CURL_FOR_UPLOAD: &str =
    "PHP Curl module does not exist on your server/web hosting. It will need to be enabled to use this upload feature.";
pub const NO_CURL_FOR_UPLOAD_AS_CODED: &str =
    "PHP Curl module does not exist on your server/web hosting. It will need to be enable to use this upload feature.";
pub const NO_UPLOAD_RESPONSE: &str = "Error uploading file. No response received from: ";
pub const UPLOAD_NOT_PASSED_ON: &str = "Error uploading file to ";
pub const UPLOAD_REFUSED: &str = "Error on: ";
pub const UPLOAD_RESPONSE_UNREAD: &str = "Failed reading response from: ";
pub const NO_UPLOAD_SERVER: &str = "No available upload servers, exiting.";

pub const NO_FILE_ID: &str = "Please provide the file_id param.";
pub const NO_FILE: &str = "Could not find file based on file_id.";
pub const NO_DOWNLOAD_URL: &str = "Could not generate download url.";
pub const NO_FILE_URL: &str = "Please provide the file_url_base64 param.";
pub const BAD_FILE_URL: &str = "Could not parse the file_url_base64 parameter. Ensure it's base64 encoded.";
pub const NO_CURL: &str =
    "PHP Curl module does not exist on your server/web hosting. It will need to be enabled to use this feature.";
pub const NO_SCHEDULED_ID: &str = "Please provide the scheduled_item_id param.";
pub const FILE_NOT_DELETED: &str = "Failed deleting the file.";
pub const NO_NEW_PARENT: &str = "Please provide the new_parent_folder_id param.";
pub const NO_DESTINATION: &str = "Could not find the destination folder id defined by new_parent_folder_id.";
pub const FILE_NOT_MOVED: &str = "Failed moving the file.";
pub const NO_COPY_FOLDER: &str = "Please provide the copy_to_folder_id param.";
pub const NO_COPY_DESTINATION: &str = "Could not find the destination folder id defined by copy_to_folder_id.";
pub const FILE_NOT_COPIED: &str = "Failed copying the file.";

pub const NO_FOLDER_NAME: &str = "Please provide the folder_name param.";
pub const FOLDER_NOT_CREATED: &str = "Failed creating the folder.";
pub const NO_FOLDER: &str = "Could not find folder based on folder_id.";
pub const NO_FOLDER_ID: &str = "Please provide the folder_id param.";
pub const FOLDER_NOT_DELETED: &str = "Failed deleting the folder.";
pub const FOLDER_INTO_ITSELF: &str = "Param folder_id can not match new_parent_folder_id.";
pub const FOLDER_NOT_MOVED: &str = "Failed moving the folder.";

pub const NO_ADMIN: &str = "API user must be an admin user for this endpoint.";
pub const NO_USERNAME_PARAM: &str = "Please provide the username param.";
pub const NO_PASSWORD_PARAM: &str = "Please provide the password param.";
pub const NO_EMAIL_PARAM: &str = "Please provide the email param.";
pub const EMAIL_TAKEN: &str = "Email address already exists on another account";
pub const USERNAME_TAKEN: &str = "Username already exists on another account";
pub const NO_ADMIN_CREATED: &str = "API can not be used to create admin or moderator accounts.";
pub const BAD_PACKAGE: &str = "Can not have package ids greater or equal to 10 or less than 0 via the API.";
pub const USER_NOT_CREATED: &str = "Failed creating the user.";
pub const NO_ACCOUNT_TO_EDIT: &str = "Please provide the account_id param of the account to edit.";
pub const NO_SUCH_ACCOUNT: &str = "Failed loading a user account with the supplied account_id.";
pub const NO_ADMIN_EDITED: &str = "You can not edit admin accounts via the API.";
pub const NO_ADMIN_PACKAGE: &str = "API can not be used to administer admin or moderator accounts.";
pub const NO_ACCOUNT_TO_DELETE: &str = "Please provide the account_id param of the account to delete.";
pub const NO_ADMIN_DELETED: &str = "You can not delete admin accounts via the API.";
pub const NOT_ONESELF: &str = "You can not delete the current API user.";
pub const ACCOUNT_NOT_REMOVED: &str = "There was a general issue removing the account, please try again later.";

pub const UNEXPECTED_HEADER: &str = "Unexpected Header";
pub const INVALID_METHOD: &str = "Invalid Method";
pub const NO_ROUTE: &str = "404 - Route not found.";
pub const NO_ROUTE_FOR_METHOD: &str = "405 - Route not found.";
pub const USER_NOT_FOUND: &str = "User not found.";
pub const USERNAME_NOT_FOUND: &str = "Username could not be found.";
pub const TOO_MANY_DOWNLOADS: &str = "Error: Too many concurrent download requests.";

/// What the error page says of a file that cannot be served.
pub const NOT_LOCATED: &str = "File can not be located, please try again later.";

/// What the uploader itself refuses with, behind `UPLOAD_REFUSED` and its own address.
pub mod uploader {
    pub const TYPE: &str = "acceptFileTypes";
    pub const TOO_LARGE: &str = "maxFileSize";
    pub const TOO_SMALL: &str = "minFileSize";
    pub const BANNED_TYPE: &str = "File could not be uploaded due to that file type being banned by the site admin";
    pub const BLOCKED_CONTENT: &str = "File content has been blocked from being uploaded.";
    pub const DISABLED: &str = "Uploading is currently disabled on the site, please try again later.";
}

/// Every text that a document or a copy of the service knows; those that end in a blank go on with what differs.
pub const ALL: &[&str] = &[
    NO_KEY1,
    NO_KEY2,
    NO_USERNAME,
    NO_PASSWORD,
    WRONG_KEYS,
    WRONG_LOGIN,
    NO_API_ACCESS,
    NO_TOKEN_ISSUED,
    NO_TOKEN,
    NO_ACCOUNT_ID,
    BAD_TOKEN,
    BAD_TOKEN_ALONE,
    DEMO,
    NO_UPLOAD,
    EMPTY_UPLOAD,
    NO_CURL_FOR_UPLOAD,
    NO_CURL_FOR_UPLOAD_AS_CODED,
    NO_UPLOAD_RESPONSE,
    UPLOAD_NOT_PASSED_ON,
    UPLOAD_REFUSED,
    UPLOAD_RESPONSE_UNREAD,
    NO_UPLOAD_SERVER,
    NO_FILE_ID,
    NO_FILE,
    NO_DOWNLOAD_URL,
    NO_FILE_URL,
    BAD_FILE_URL,
    NO_CURL,
    NO_SCHEDULED_ID,
    FILE_NOT_DELETED,
    NO_NEW_PARENT,
    NO_DESTINATION,
    FILE_NOT_MOVED,
    NO_COPY_FOLDER,
    NO_COPY_DESTINATION,
    FILE_NOT_COPIED,
    NO_FOLDER_NAME,
    FOLDER_NOT_CREATED,
    NO_FOLDER,
    NO_FOLDER_ID,
    FOLDER_NOT_DELETED,
    FOLDER_INTO_ITSELF,
    FOLDER_NOT_MOVED,
    NO_ADMIN,
    NO_USERNAME_PARAM,
    NO_PASSWORD_PARAM,
    NO_EMAIL_PARAM,
    EMAIL_TAKEN,
    USERNAME_TAKEN,
    NO_ADMIN_CREATED,
    BAD_PACKAGE,
    USER_NOT_CREATED,
    NO_ACCOUNT_TO_EDIT,
    NO_SUCH_ACCOUNT,
    NO_ADMIN_EDITED,
    NO_ADMIN_PACKAGE,
    NO_ACCOUNT_TO_DELETE,
    NO_ADMIN_DELETED,
    NOT_ONESELF,
    ACCOUNT_NOT_REMOVED,
    UNEXPECTED_HEADER,
    INVALID_METHOD,
    NO_ROUTE,
    NO_ROUTE_FOR_METHOD,
    USER_NOT_FOUND,
    USERNAME_NOT_FOUND,
    TOO_MANY_DOWNLOADS,
];
