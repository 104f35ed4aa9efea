//! "Did you mean": the known word that is nearest to a mistyped one.

/// The longest word that is compared: the time grows with the square of it.
const LONGEST: usize = 64;

/// ` (did you mean "title"?)` if a candidate is near enough to be meant, else the candidates if they are few.
pub(super) fn did_you_mean<'c>(
    word: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> String {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    let nearest = candidates
        .iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .min();
    match nearest {
        Some((distance, candidate)) if distance <= 1 + candidate.chars().count() / 4 => {
            format!(" (did you mean {candidate:?}?)")
        }
        Some(_) if candidates.len() <= 12 => format!(" (there are: {})", candidates.join(", ")),
        Some(_) | None => String::new(),
    }
}

/// How many letters must be changed, added or removed (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (
        a.chars().take(LONGEST).collect(),
        b.chars().take(LONGEST).collect(),
    );
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.iter().enumerate() {
        let mut corner = std::mem::replace(&mut row[0], i + 1);
        for (j, other) in b.iter().enumerate() {
            let changed = corner + usize::from(letter != other);
            corner = row[j + 1];
            row[j + 1] = changed.min(corner + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_offered() {
        let keys = ["title", "year", "length_minutes"];
        assert_eq!(did_you_mean("titel", keys), " (did you mean \"title\"?)");
        assert_eq!(
            did_you_mean("lenght_minutes", keys),
            " (did you mean \"length_minutes\"?)"
        );
        assert_eq!(
            did_you_mean("price", keys),
            " (there are: title, year, length_minutes)"
        );
        assert_eq!(did_you_mean("price", []), "");
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
