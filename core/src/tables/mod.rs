//! The types of the generated tables: what a service is, as data that the engine reads.
//!
//! One table a service is generated from `core/descriptions/` into [`generated`]; nothing here knows a service.
//! Types refer to models, enums and unions by their index in the same [`Service`].

#[rustfmt::skip]
pub mod generated;

/// One service: its addresses, operations, shapes and error rules.
#[derive(Debug, Clone)]
pub struct Service {
    /// Name used by `open` and in error records: `keep2share`.
    pub id: &'static str,
    /// Name of the client class in every language: `Keep2Share`.
    pub class: &'static str,
    /// The hosts that serve the same API; the first is the default.
    pub hosts: &'static [Host],
    /// Host suffixes that belong to the service: an `http://` address of theirs is raised to https.
    pub own_hosts: &'static [&'static str],
    /// Calls a second that a client allows itself by default.
    pub rate: Option<f64>,
    /// What it can do through the verbs that all services share.
    pub capabilities: Capabilities,
    /// Where a parameter goes when its description does not say.
    pub place: Place,
    /// What to tell a caller who would use its own address, where nobody answers there any more.
    pub ended: Option<&'static str>,
    /// What each request of a signed-in client carries.
    pub signed: &'static [Signature],
    /// Names of the options with which a caller signs in, secret ones marked.
    pub credentials: &'static [Credential],
    /// All operations, sorted by id.
    pub operations: &'static [Operation],
    /// All models, referred to by index.
    pub models: &'static [Model],
    /// All enums, referred to by index.
    pub enums: &'static [Enum],
    /// All unions, referred to by index.
    pub unions: &'static [Union],
    /// All envelopes; the first is the service's own, an operation may name another.
    pub envelopes: &'static [Envelope],
}

impl Service {
    /// The operation with this id.
    pub fn operation(&self, id: &str) -> Option<&Operation> {
        self.operations.binary_search_by(|operation| operation.id.cmp(id)).ok().map(|at| &self.operations[at])
    }

    /// The index of the model with this name.
    pub fn model(&self, name: &str) -> Option<u16> {
        self.models.iter().position(|model| model.name == name).and_then(|at| u16::try_from(at).ok())
    }
}

/// What a service can do through the verbs that all services share.
#[derive(Debug, Clone, Copy)]
pub struct Capabilities {
    /// Names of the verbs that it has.
    pub verbs: &'static [&'static str],
    /// Bytes of the largest file it takes, where it tells a limit.
    pub max_upload_size: Option<u64>,
    /// Whether a file without a byte can be stored, where a source says it.
    pub empty_files: Option<bool>,
    /// Whether a download can begin in the middle of a file.
    pub ranges: bool,
    /// Whether content that is stored already need not be sent.
    pub hash_upload: bool,
    /// Whether the service itself knows paths.
    pub paths: bool,
}

impl Capabilities {
    /// Those of a service without verbs.
    pub const NONE: Self =
        Self { verbs: &[], max_upload_size: None, empty_files: None, ranges: false, hash_upload: false, paths: false };
}

/// A host of the service's API.
#[derive(Debug, Clone, Copy)]
pub struct Host {
    /// Name by which a caller picks it: `fileboom`.
    pub name: &'static str,
    /// Base address of the API, without a slash at the end.
    pub base_url: &'static str,
}

/// A parameter of each request of a signed-in client: it says who sends it.
#[derive(Debug, Clone, Copy)]
pub struct Signature {
    /// Its name on the wire.
    pub name: &'static str,
    /// Where it goes.
    pub place: Place,
    /// What stands before the value: `Bearer `.
    pub prefix: &'static str,
    /// Where the value comes from.
    pub from: SignedBy,
    /// Whether it may be shown: a number of an account, for example.
    pub public: bool,
}

/// Where the value of a [`Signature`] comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedBy {
    /// An option of the client, by its name. Where the client has one, no session is needed.
    Credential(&'static str),
    /// What signing in gave, by its name.
    Session(&'static str),
}

/// An option of the client with which a caller signs in.
#[derive(Debug, Clone, Copy)]
pub struct Credential {
    /// Name of the option: `access_token`.
    pub name: &'static str,
    /// Whether it must never be shown.
    pub secret: bool,
}

/// One operation of the service.
#[derive(Debug, Clone)]
pub struct Operation {
    /// `group.serviceMethod`.
    pub id: &'static str,
    /// HTTP methods that the service takes, the first is the default.
    pub methods: &'static [Method],
    /// Path below the base address, with `../` before it beside it; `None` where an answer gives the whole address.
    pub path: Option<&'static str>,
    /// Further documented paths; a call option chooses one.
    pub also_at: &'static [&'static str],
    /// Versions that fill `{version}` in the path; the first is the default.
    pub versions: &'static [&'static str],
    /// Parameters in the order of the description.
    pub params: &'static [Param],
    /// What a success holds.
    pub result: ResultShape,
    /// Index of the envelope in [`Service::envelopes`].
    pub envelope: u16,
    /// How its pages follow each other.
    pub paging: Option<Paging>,
    /// How a long list is split over several requests.
    pub batch: Option<Batch>,
    /// Whether sending it twice does no harm.
    pub idempotent: bool,
    /// Whether it wants a signed-in caller.
    pub auth: Auth,
    /// Names of those of the service's [`signed`](Service::signed) that it goes without.
    pub unsigned: &'static [&'static str],
    /// Why it cannot be called, where it cannot.
    pub not_callable: Option<&'static str>,
    /// The operation from whose answer the library makes this one's, without a request of its own.
    pub made_of: Option<&'static str>,
    /// Set on the requests that belong to another operation (the form post of an upload): that operation's id, which
    /// their errors carry. Such an operation has no method of its own in any language.
    pub part_of: Option<&'static str>,
}

/// An HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
    Head,
}

impl Method {
    /// As on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
            Method::Head => "HEAD",
        }
    }
}

/// Whether an operation wants a signed-in caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// Never sends a token.
    None,
    /// Sends one where the caller has one.
    Optional,
    /// Signs in first where needed; without credentials it fails before anything is sent.
    Required,
}

/// Where a parameter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Place {
    Path,
    Query,
    Form,
    Json,
    Multipart,
    Header,
}

/// Who gives a parameter its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilledBy {
    /// The program that calls.
    Caller,
    /// The client: tokens, session ids.
    Client,
    /// Nobody: it is always [`Param::send`].
    Constant,
}

/// How a list is written where the place has no lists of its own (query, form, multipart).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListForm {
    /// A JSON array in a JSON body; elsewhere `key=a&key=b`.
    Repeat,
    /// `key[]=a&key[]=b`.
    Brackets,
    /// `key=["a","b"]`.
    JsonText,
    /// `key=a,b`.
    Comma,
}

/// How callers name the root of all folders, whatever a service writes for it.
pub const ROOT: &str = "/";

/// How null is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NullForm {
    /// JSON null in a JSON body, the word `null` elsewhere.
    Word,
    /// An empty text.
    Blank,
    /// The parameter is left out.
    Omit,
}

/// What is done to a text before it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Encoding {
    Plain,
    Base64,
    Md5Hex,
}

/// One parameter of an operation.
#[derive(Debug, Clone)]
pub struct Param {
    /// Its name for us, as the service spells it.
    pub name: &'static str,
    /// Its names on the wire; each gets the value.
    pub wire: &'static [&'static str],
    /// Where it goes.
    pub place: Place,
    /// What it holds.
    pub ty: Type,
    /// Whether null is a value.
    pub nullable: bool,
    /// Whether a call without it fails before anything is sent.
    pub required: bool,
    /// JSON text that is sent when the caller gives nothing.
    pub send: Option<&'static str>,
    /// Who fills it.
    pub filled_by: FilledBy,
    /// Whether its value is never shown.
    pub secret: bool,
    /// How a list is written.
    pub list: ListForm,
    /// How null is written.
    pub null: NullForm,
    /// How the root is written where the parameter is a folder's id that may be [`ROOT`].
    pub root: Option<NullForm>,
    /// What is done to it before it is sent.
    pub encode: Encoding,
    /// Limits that are checked before anything is sent.
    pub limits: Limits,
}

/// Limits of a parameter. For a number they bound the value, for a text its characters, for a list its items.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Limits {
    pub min: Option<i64>,
    pub max: Option<i64>,
}

/// The type of a parameter or field, with the odd forms in which real servers send it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Type {
    /// true/false, 0/1, "0"/"1".
    Bool,
    /// A whole number of 64 bits; digit strings and x.0 too.
    Int,
    /// As [`Type::Int`], but known to pass 2^53: a `bigint` in JavaScript.
    BigInt,
    /// A floating number.
    Number,
    /// A decimal number kept as exact text.
    Decimal,
    /// An id: always a text for us, whatever the server sends.
    Id,
    /// A text.
    Text,
    /// An open set of words, by index.
    Enum(u16),
    /// An instant or a naive local time.
    Time(Time),
    /// Any JSON value.
    Json,
    /// A list.
    List(&'static Type),
    /// A list that may come as its only item.
    ListOrOne(&'static Type),
    /// A list that may come as an object; the object's key becomes this field of each item.
    ListOrMap(&'static Type, &'static str),
    /// An object whose keys are data.
    Map(&'static Type),
    /// A map that comes as `[]` when it is empty.
    MapOrEmptyList(&'static Type),
    /// A JSON array with a type a place.
    Tuple(&'static [Type]),
    /// An object that may come as a text, which is then this field of it.
    StringOrObject(u16, &'static str),
    /// An object, by index.
    Model(u16),
    /// One of several shapes, by index.
    Union(u16),
    /// An item of a list, map or tuple that may be null.
    Nullable(&'static Type),
    /// The content of a file: goes through the transfer engine.
    Source,
}

/// The forms of a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Time {
    /// Forms allowed in an answer; a parameter is written in the first.
    pub forms: &'static [TimeForm],
    /// JSON values that mean "none": `0`, `false`, `"0000-00-00 00:00:00"`.
    pub none: &'static [&'static str],
}

impl Time {
    /// Whether the value has no zone and stays naive.
    pub fn is_local(&self) -> bool {
        self.forms.contains(&TimeForm::Local)
    }
}

/// One form of a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeForm {
    /// Seconds since 1970.
    UnixS,
    /// Milliseconds since 1970.
    UnixMs,
    /// Seconds below 10^11, else milliseconds.
    UnixAny,
    /// ISO 8601 with a zone.
    Iso,
    /// `YYYY-MM-DD HH:MM:SS` (or with a T) without a zone.
    Local,
}

/// An open set of words.
#[derive(Debug, Clone)]
pub struct Enum {
    /// Name of the type.
    pub name: &'static str,
    /// Known values.
    pub values: &'static [EnumValue],
}

/// A known value of an [`Enum`].
#[derive(Debug, Clone, Copy)]
pub struct EnumValue {
    /// The word that programs see.
    pub name: &'static str,
    /// JSON text of the value on the wire: `"any"` or `3`.
    pub wire: &'static str,
}

/// An object with named fields.
#[derive(Debug, Clone)]
pub struct Model {
    /// Name of the type.
    pub name: &'static str,
    /// Fields; their position is their number on the tape.
    pub fields: &'static [Field],
}

/// A field of a [`Model`].
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its name for us, as the service spells it.
    pub name: &'static str,
    /// Names under which it may come.
    pub wire: &'static [&'static str],
    /// What it holds.
    pub ty: Type,
    /// Whether an answer without it is of no use.
    pub required: bool,
    /// Where it is found.
    pub from: FieldSource,
    /// Whether its value is never shown (tokens, signed addresses).
    pub secret: bool,
}

/// Where a field is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldSource {
    /// A member of the object.
    Body,
    /// A header of the response.
    Header,
    /// A member, or else the object itself (its fields lie in the answer).
    BodyOrRoot,
}

/// One of several answers.
#[derive(Debug, Clone)]
pub struct Union {
    /// Name of the type.
    pub name: &'static str,
    /// The answers; the first that fits wins.
    pub variants: &'static [Variant],
}

/// One answer of a [`Union`].
#[derive(Debug, Clone, Copy)]
pub struct Variant {
    /// Name of the variant.
    pub name: &'static str,
    /// What tells it apart.
    pub when: VariantWhen,
    /// What it holds; `None` for an answer without content.
    pub ty: Option<Type>,
}

/// What tells a [`Variant`] apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VariantWhen {
    /// The HTTP status.
    Status(u16),
    /// A member of the body.
    Has(&'static str),
    /// An empty body.
    Empty,
    /// Everything else.
    Otherwise,
}

/// What a success of an operation holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ResultShape {
    /// A JSON value below these members of the answer.
    Json {
        /// Members to go down before the value begins.
        at: &'static [&'static str],
        /// Its type.
        ty: Type,
    },
    /// A stream of bytes.
    Bytes,
    /// Nothing.
    None,
    /// An address for a person's browser: nothing is sent.
    Link,
}

/// How pages follow each other.
#[derive(Debug, Clone, Copy)]
pub struct Paging {
    /// What the position parameter counts.
    pub by: PageBy,
    /// Parameter that holds the position.
    pub position: &'static str,
    /// Parameter that holds the page's size.
    pub size: Option<&'static str>,
    /// Size that the server uses when none is given.
    pub default_size: i64,
    /// Field of the result that holds the items.
    pub items: &'static str,
    /// What ends the walk; the first that is met.
    pub ends: &'static [PageEnd],
}

/// What a position parameter counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageBy {
    /// Items to skip.
    Offset,
    /// Pages, counted from this number.
    Page(i64),
}

/// What ends a walk over pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageEnd {
    /// A page with fewer items than asked.
    ShortPage,
    /// A page without items.
    EmptyPage,
    /// As many items as this field of the result says.
    Total(&'static str),
    /// This field of the result is false.
    FlagFalse(&'static str),
}

/// How a long list is split over several requests.
#[derive(Debug, Clone, Copy)]
pub struct Batch {
    /// The parameter that is split.
    pub param: &'static str,
    /// Items a request.
    pub size: usize,
    /// How the parts' results become one: the field that is summed or joined.
    pub join: &'static str,
    /// Further lists that are joined. Each then has a place for every item, as the field named first has, and blank items
    /// keep theirs without being sent.
    pub places: &'static [&'static str],
    /// How the items of the joined list are told apart; `None` where they are the ids themselves or only counted.
    pub items: Option<BatchItems>,
}

impl Batch {
    /// Whether the items of the list matter beyond their number, so that even a short list is looked at.
    pub fn looks_at_items(&self) -> bool {
        self.items.is_some() || !self.places.is_empty()
    }
}

/// What the answered items of a batch say.
#[derive(Debug, Clone, Copy)]
pub struct BatchItems {
    /// Fields of an answered item that may hold what was asked for.
    pub named_by: &'static [&'static str],
    /// Field of the result that gets what no item is named by.
    pub missing: &'static str,
    /// A field that has this word where the item was done.
    pub done: Option<(&'static str, &'static str)>,
    /// Field with the reasons why the item was not done.
    pub errors: Option<&'static str>,
}

/// How a host wraps its answers and tells of errors.
#[derive(Debug, Clone)]
pub struct Envelope {
    /// Its name in the description.
    pub name: &'static str,
    /// All must hold for a success.
    pub success: &'static [Condition],
    /// Members that are not part of a result.
    pub members: &'static [&'static str],
    /// Where the code of an error lies; the first that is there.
    pub code: &'static [&'static str],
    /// Where a finer code lies.
    pub sub_code: &'static [&'static str],
    /// Where the text lies; `$text` is the whole body as text, without its tags.
    pub text: &'static [&'static str],
    /// Where the challenge of a captcha lies in an error's body.
    pub captcha_challenge: &'static [&'static str],
    /// Where the address of a captcha lies in an error's body.
    pub captcha_url: &'static [&'static str],
    /// Where a list of single failures lies.
    pub sub_errors: Option<SubErrors>,
    /// Rules in order; the first that fits wins.
    pub rules: &'static [Rule],
}

/// A condition on an answer.
#[derive(Debug, Clone, Copy)]
pub enum Condition {
    /// The HTTP status lies in this range, ends included.
    Status(u16, u16),
    /// This member's text is one of these, in capitals or small letters.
    Member(&'static str, &'static [&'static str]),
    /// This member is absent or not one of these texts.
    MemberNot(&'static str, &'static [&'static str]),
    /// This member is there and not null.
    Has(&'static str),
    /// The body is this.
    BodyIs(BodyForm),
    /// The body is anything but this.
    BodyIsNot(BodyForm),
}

/// Where single failures lie in an error's body.
#[derive(Debug, Clone, Copy)]
pub struct SubErrors {
    /// Path of the list.
    pub at: &'static str,
    /// Member with the code.
    pub code: &'static str,
    /// Member with the text.
    pub message: &'static str,
    /// Member with the seconds to wait.
    pub wait: &'static str,
}

/// One rule: when it fits and what the answer then is.
#[derive(Debug, Clone)]
pub struct Rule {
    /// When it fits.
    pub when: When,
    /// What the answer is.
    pub outcome: Outcome,
}

/// What a [`Rule`] asks; an empty list asks nothing.
#[derive(Debug, Clone, Copy)]
pub struct When {
    /// HTTP status ranges, ends included.
    pub http_status: &'static [(u16, u16)],
    /// Codes; `none` stands for an answer without one, `4xx` for those of three digits that begin like it.
    pub code: &'static [&'static str],
    /// Finer codes.
    pub sub_code: &'static [&'static str],
    /// Beginnings of the text.
    pub text_prefix: &'static [&'static str],
    /// Parts of the text.
    pub text_has: &'static [&'static str],
    /// A member of the body.
    pub has: Option<&'static str>,
    /// What the body is; one of these.
    pub body: &'static [BodyForm],
    /// Ids of operations; `group.*` stands for all of a group.
    pub operation: &'static [&'static str],
    /// Whether a credential was sent.
    pub signed_in: Option<bool>,
}

/// What a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum BodyForm {
    Json,
    Html,
    Text,
    Empty,
}

/// What an answer is, by a [`Rule`].
#[derive(Debug, Clone, Copy)]
pub enum Outcome {
    /// An error.
    Error {
        /// Precise name: `file_not_found`.
        name: &'static str,
        /// Its kind.
        kind: crate::border::Kind,
        /// Whether and how it may be repeated.
        retry: Retry,
        /// How long to wait.
        wait: Option<Wait>,
        /// The captcha that it asks for: `image` or `page`.
        captcha: Option<&'static str>,
    },
    /// A success after all.
    Result,
}

/// Whether and how a failed call may be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// It would fail again.
    Never,
    /// The same call may succeed.
    SameCall,
    /// After signing in anew.
    AfterSignIn,
    /// After the wait.
    AfterWait,
}

/// How long to wait.
#[derive(Debug, Clone, Copy)]
pub struct Wait {
    /// Where the answer says so, in seconds.
    pub at: &'static [&'static str],
    /// Seconds when it does not.
    pub default: Option<f64>,
    /// Seconds to add to what the answer says.
    pub margin: f64,
}
