//! Answers that have a place for every item of what was asked for: their lists are joined place by place.

use serde_json::Value;

use crate::border::{Error, Kind};
use crate::tables::Batch;

/// Whether an item is not sent: services drop blank ones, which would shift the places of all that follow.
pub(super) fn is_blank(batch: &Batch, item: &Value) -> bool {
    !batch.places.is_empty() && item.as_str().is_some_and(|text| text.trim().is_empty())
}

/// The lists of a batch, joined as its answers come.
pub(super) struct Places {
    batch: Batch,
    /// One for each list that came at all: what is known at each place.
    lists: Vec<(&'static str, Vec<Value>)>,
    /// How many items there are.
    items: usize,
}

impl Places {
    pub(super) fn new(batch: Batch, items: usize) -> Self {
        Self { batch, lists: Vec::new(), items }
    }

    /// Takes what an answer says of the items that were sent from these places.
    pub(super) fn answer(&mut self, answer: &Value, sent: &[(usize, &Value)]) -> Result<(), Error> {
        let Batch { join, places, .. } = self.batch;
        for name in [join].iter().chain(places) {
            let told = match &answer[*name] {
                Value::Array(told) => told.as_slice(),
                _ if *name == join => &[],
                _ => continue,
            };
            if told.len() != sent.len() {
                return Err(misplaced(name, told.len(), sent.len()));
            }
            let list = self.list(name);
            sent.iter().zip(told).for_each(|((place, _), told)| list[*place] = told.clone());
        }
        Ok(())
    }

    /// Puts the whole lists into a result.
    pub(super) fn put_into(mut self, result: &mut Value) {
        self.list(self.batch.join);
        for (name, list) in self.lists {
            result[name] = Value::Array(list);
        }
    }

    /// What is not sent is not there; of what no answer tells, nothing is known.
    fn list(&mut self, name: &'static str) -> &mut Vec<Value> {
        let at = match self.lists.iter().position(|(known, _)| *known == name) {
            Some(at) => at,
            None => {
                let unknown = if name == self.batch.join { Value::Bool(false) } else { Value::Null };
                self.lists.push((name, vec![unknown; self.items]));
                self.lists.len() - 1
            }
        };
        &mut self.lists[at].1
    }
}

fn misplaced(list: &str, told: usize, sent: usize) -> Error {
    let message = format!("the answer cannot be read: $.{list}: it has {told} places for {sent} items");
    let mut error = Error::new(Kind::InvalidAnswer, message);
    error.record_mut().details.json_path = Some(format!("$.{list}"));
    error
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const BATCH: Batch = Batch { param: "items", size: 2, join: "here", places: &["name", "size"], items: None };

    /// What the answers to parts of two items become.
    fn joined(items: &[&str], answers: &[Value]) -> Result<Value, Error> {
        let items: Vec<Value> = items.iter().map(|item| json!(item)).collect();
        let sent: Vec<_> = items.iter().enumerate().filter(|(_, item)| !is_blank(&BATCH, item)).collect();
        let mut places = Places::new(BATCH, items.len());
        for (part, answer) in sent.chunks(BATCH.size).zip(answers) {
            places.answer(answer, part)?;
        }
        let mut result = json!({"more": 1});
        places.put_into(&mut result);
        Ok(result)
    }

    #[test]
    fn blank_items_keep_their_places() {
        let answers = [
            json!({"here": [true, false], "name": ["a", null], "size": null}),
            json!({"here": [true], "name": null, "size": [7]}),
        ];
        assert_eq!(
            joined(&["", "a", " \t", "b", "c"], &answers).unwrap(),
            json!({
                "more": 1,
                "here": [false, true, false, false, true],
                "name": [null, "a", null, null, null],
                "size": [null, null, null, null, 7],
            })
        );
    }

    #[test]
    fn a_list_that_never_came_is_none() {
        let answers = [json!({"here": [true]})];
        assert_eq!(joined(&["a"], &answers).unwrap(), json!({"more": 1, "here": [true]}));
        assert_eq!(joined(&["", " "], &[]).unwrap(), json!({"more": 1, "here": [false, false]}));
    }

    #[test]
    fn lists_of_another_length_are_refused() {
        for (answer, path) in [
            (json!({"here": [true]}), "$.here"),
            (json!({"here": null}), "$.here"),
            (json!({"here": [true, true], "name": ["a", "b", "c"]}), "$.name"),
        ] {
            let error = joined(&["a", "b"], &[answer]).expect_err(path);
            assert_eq!(error.kind(), Kind::InvalidAnswer);
            assert_eq!(error.record().details.json_path.as_deref(), Some(path));
        }
    }
}
