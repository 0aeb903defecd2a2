use serde_json::{Map, Value};

/// Puts a value at a dotted path: `wire.0.json.limit`.
///
/// Missing members are made; a list takes an index up to its length. The value `{$remove: true}` takes the place away.
pub fn set_at(root: &mut Value, path: &str, value: Value) -> Result<(), String> {
    let (parents, last) = path.rsplit_once('.').map_or((None, path), |(parents, last)| (Some(parents), last));
    let mut place = root;
    for step in parents.iter().flat_map(|parents| parents.split('.')) {
        place = step_into(place, step).ok_or_else(|| format!("the path {path} ends at {step}"))?;
    }
    let removes = value.get("$remove").is_some();
    match place {
        Value::Object(members) if removes => {
            members.shift_remove(last).map(drop).ok_or_else(|| format!("nothing lies at {path}"))
        }
        Value::Object(members) => {
            members.insert(last.to_owned(), value);
            Ok(())
        }
        Value::Array(items) => {
            let index: usize = last.parse().map_err(|_| format!("{last} in {path} is no index"))?;
            match index {
                index if removes && index < items.len() => drop(items.remove(index)),
                index if index < items.len() => items[index] = value,
                index if index == items.len() => items.push(value),
                _ => return Err(format!("the list at {path} is shorter")),
            }
            Ok(())
        }
        _ => Err(format!("{path} leads into a single value")),
    }
}

fn step_into<'a>(place: &'a mut Value, step: &str) -> Option<&'a mut Value> {
    match place {
        Value::Object(members) => Some(members.entry(step).or_insert_with(|| Value::Object(Map::new()))),
        Value::Array(items) => items.get_mut(step.parse::<usize>().ok()?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn sets_makes_and_removes() {
        let mut value = json!({"play": [{"status": 200}]});
        set_at(&mut value, "play.0.status", json!(406)).unwrap();
        set_at(&mut value, "sees.error.kind", json!("not_found")).unwrap();
        set_at(&mut value, "play.1", json!({"drop": "before"})).unwrap();
        assert_eq!(
            value,
            json!({"play": [{"status": 406}, {"drop": "before"}], "sees": {"error": {"kind": "not_found"}}})
        );
        set_at(&mut value, "play.1", json!({"$remove": true})).unwrap();
        set_at(&mut value, "sees.error", json!({"$remove": true})).unwrap();
        assert_eq!(value, json!({"play": [{"status": 406}], "sees": {}}));
    }

    #[test]
    fn a_path_into_nothing_is_refused() {
        let mut value = json!({"play": []});
        assert!(set_at(&mut value, "play.3.status", json!(1)).is_err());
        assert!(set_at(&mut value, "play.3", json!(1)).is_err());
        assert!(set_at(&mut value, "sees", json!({"$remove": true})).is_err());
    }
}
