//! Challenges: pictures to read, and pages to solve.

use std::collections::HashMap;

use http::StatusCode;
use http::header::CACHE_CONTROL;
use serde_json::json;

use super::envelope::{ErrorCode, Failure, Success, Verdict};
use super::params::Args;
use super::{Keep2Share, odd};
use crate::lock::LockExt;
use crate::server::Call;
use crate::server::answer::Answer;
use crate::services::picture;

/// Wrong answers in a row after which the address has to wait.
const WRONG_ANSWERS: u32 = 10;
const WRONG_ANSWERS_WAIT: i64 = 60;

/// So many waits within a day make the next one last.
const WAITS_A_DAY: usize = 3;
const DAY: i64 = 24 * 60 * 60;

/// The query key by which the page of a challenge leads to its solution.
const SOLVED: &str = "solved";

/// The two kinds of challenge, and where a login carries them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Challenge {
    pub id_param: &'static str,
    pub answer_param: &'static str,
    page: &'static str,
    wanted_code: u16,
}

impl Challenge {
    pub const IMAGE: Self =
        Self { id_param: "captcha_challenge", answer_param: "captcha_response", page: "captcha.html", wanted_code: 30 };
    pub const PAGE: Self = Self {
        id_param: "re_captcha_challenge",
        answer_param: "re_captcha_response",
        page: "reCaptcha.html",
        wanted_code: 33,
    };

    /// The refusal of a login that lacks it.
    pub fn wanted(self) -> Failure {
        let message = if self == Self::IMAGE {
            "Login attempt was exceed, please wait or verify your request via captcha challenge"
        } else {
            "Please verify your request via re captcha challenge"
        };
        Failure::new(406, self.wanted_code, message)
    }
}

/// What an answer to a challenge is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Solution {
    /// The challenge is spent now.
    Right,
    /// It may be tried again.
    Wrong,
}

/// The open challenges of a world.
#[derive(Debug, Default)]
pub struct Captchas {
    open: HashMap<String, (Challenge, String)>,
    wrong_in_a_row: u32,
    closed_until: i64,
    /// When the door was closed.
    closings: Vec<i64>,
}

impl Captchas {
    pub fn answer(&self, id: &str) -> Option<String> {
        self.open.get(id).map(|(_, answer)| answer.clone())
    }

    /// Refuses who has guessed too often.
    pub fn admit(&self, now: i64) -> Result<(), Failure> {
        if self.closed_until > now {
            return Err(match self.closings.len() {
                WAITS_A_DAY.. => {
                    let message = "Ip permanently banned due to many captcha errors";
                    Failure::new(400, "captcha_need_wait_daily", message)
                }
                _ => Failure::new(400, "captcha_need_wait", "Ip temporary banned due to many captcha errors"),
            });
        }
        Ok(())
    }

    pub fn solve(&mut self, id: &str, answer: &str, challenge: Challenge, now: i64) -> Solution {
        if self.open.get(id).is_some_and(|(kind, right)| *kind == challenge && right == answer) {
            self.open.remove(id);
            self.wrong_in_a_row = 0;
            return Solution::Right;
        }
        self.wrong_in_a_row += 1;
        if self.wrong_in_a_row >= WRONG_ANSWERS {
            self.wrong_in_a_row = 0;
            self.closings.retain(|closing| closing + DAY > now);
            self.closings.push(now);
            let wait = if self.closings.len() >= WAITS_A_DAY { DAY } else { WRONG_ANSWERS_WAIT };
            self.closed_until = now + wait;
        }
        Solution::Wrong
    }
}

impl Keep2Share {
    pub(super) fn request_captcha(&self, _args: &Args) -> Verdict {
        let length = 6 + usize::from(self.ground.dice.below(2) == 1);
        let answer = self.ground.dice.pick(picture::ALPHABET, length);
        self.open_challenge(Challenge::IMAGE, answer)
    }

    pub(super) fn request_recaptcha(&self, _args: &Args) -> Verdict {
        self.open_challenge(Challenge::PAGE, self.ground.dice.hex(39))
    }

    fn open_challenge(&self, challenge: Challenge, chance: String) -> Verdict {
        let answer = self.settings().captcha_answer.unwrap_or(chance);
        let mut state = self.state.hold();
        state.captchas.admit(self.ground.clock.now())?;
        let id = self.ground.dice.hex(13);
        state.captchas.open.insert(id.clone(), (challenge, answer));
        Ok(Success::new(json!({"challenge": id, "captcha_url": self.captcha_url(challenge, &id)})))
    }

    fn captcha_url(&self, challenge: Challenge, id: &str) -> String {
        let address = format!("{}/{}?id={id}", self.base_url(), challenge.page);
        if self.odd(odd::CAPTCHA_URL_RELATIVE) {
            // From the slash after the host on.
            return address.splitn(4, '/').nth(3).map(|path| format!("/{path}")).unwrap_or_default();
        }
        if self.odd(odd::CAPTCHA_URL_HTTP) { address.replacen("https://", "http://", 1) } else { address }
    }

    pub(super) fn captcha_picture(&self, call: &Call) -> Answer {
        let Some(text) = self.asked_challenge(call, Challenge::IMAGE) else {
            return self.unknown_challenge();
        };
        let content_type = if self.odd(odd::CAPTCHA_IMAGE_JPG) { "image/jpg" } else { "image/png" };
        match picture::draw(&text) {
            Ok(png) => Answer::new(StatusCode::OK, content_type, png).with(CACHE_CONTROL, "no-store"),
            Err(error) => Answer::html(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
        }
    }

    /// The page asks for a proof, a click here; after it, it shows the code.
    pub(super) fn recaptcha_page(&self, call: &Call) -> Answer {
        let Some(code) = self.asked_challenge(call, Challenge::PAGE) else {
            return self.unknown_challenge();
        };
        let content = match call.query(SOLVED) {
            Some(_) => format!("<p>Your code: <code>{code}</code></p>"),
            None => {
                let id = call.query("id").unwrap_or_default();
                format!("<p><a href=\"?id={id}&amp;{SOLVED}=yes\">I am not a robot</a></p>")
            }
        };
        let page = format!(
            "<!DOCTYPE html>\n<html><head><title>Verification</title></head><body>\n{content}\n</body></html>\n"
        );
        Answer::new(StatusCode::OK, "text/html; charset=UTF-8", page)
    }

    /// The answer to the challenge that a GET names.
    fn asked_challenge(&self, call: &Call, challenge: Challenge) -> Option<String> {
        if call.method != http::Method::GET {
            call.violation("a captcha is fetched with GET");
        }
        let is_known = |name: &str| name == "id" || (challenge == Challenge::PAGE && name == SOLVED);
        if call.query.iter().any(|(name, _)| !is_known(name)) || call.query("id").is_none() {
            call.violation("a captcha is fetched with the query key id and no other");
        }
        let state = self.state.hold();
        let (kind, answer) = state.captchas.open.get(call.query("id")?)?;
        (*kind == challenge).then(|| answer.clone())
    }

    fn unknown_challenge(&self) -> Answer {
        self.envelop("", Err(Failure::new(400, ErrorCode::Missing, "Id not found")))
    }
}
