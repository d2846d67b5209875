//! Names in dates: months and days of the week in the languages of Western Europe, zones, and words between date and time.

/// Longest word that is looked up, in letters.
const LONGEST: usize = 12;

/// A word in small letters without accents.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word {
    letters: [u8; LONGEST],
    length: usize,
}

impl Word {
    /// Takes the word at the beginning of a text; returns what follows. `None` if there is none, or none that is known.
    pub(super) fn take(text: &str) -> Option<(Self, &str)> {
        let end = text.find(|letter: char| !letter.is_alphabetic()).unwrap_or(text.len());
        let (own, rest) = text.split_at_checked(end)?;
        let mut word = Self { letters: [0; LONGEST], length: 0 };
        for letter in own.chars().flat_map(char::to_lowercase) {
            *word.letters.get_mut(word.length)? = plain(letter)?;
            word.length += 1;
        }
        (word.length > 0).then_some((word, rest))
    }

    fn text(&self) -> &[u8] {
        self.letters.get(..self.length).unwrap_or_default()
    }

    /// The month of that name, from 1.
    pub(super) fn month(&self) -> Option<i64> {
        Some(match self.text() {
            b"jan" | b"january" | b"januar" | b"januari" | b"janvier" | b"janv" | b"gen" | b"gennaio" | b"ene"
            | b"enero" | b"janeiro" | b"janner" => 1,
            b"feb" | b"february" | b"februar" | b"februari" | b"fev" | b"fevr" | b"fevrier" | b"febbraio"
            | b"febrero" | b"fevereiro" => 2,
            b"mar" | b"march" | b"mars" | b"marz" | b"maerz" | b"mrz" | b"mrt" | b"maart" | b"marzo" | b"marco" => 3,
            b"apr" | b"april" | b"avr" | b"avril" | b"abr" | b"abril" | b"aprile" => 4,
            b"may" | b"mai" | b"mei" | b"mag" | b"maggio" | b"mayo" | b"maj" | b"maio" => 5,
            b"jun" | b"june" | b"juni" | b"juin" | b"giu" | b"giugno" | b"junio" | b"junho" => 6,
            b"jul" | b"july" | b"juli" | b"juil" | b"juillet" | b"lug" | b"luglio" | b"julio" | b"julho" => 7,
            b"aug" | b"august" | b"augustus" | b"augusti" | b"aout" | b"ago" | b"agosto" => 8,
            b"sep" | b"sept" | b"september" | b"septembre" | b"set" | b"settembre" | b"septiembre" | b"setiembre"
            | b"setembro" => 9,
            b"oct" | b"october" | b"okt" | b"oktober" | b"octobre" | b"ott" | b"ottobre" | b"octubre" | b"out"
            | b"outubro" => 10,
            b"nov" | b"november" | b"novembre" | b"noviembre" | b"novembro" => 11,
            b"dec" | b"december" | b"dez" | b"dezember" | b"decembre" | b"dic" | b"dicembre" | b"diciembre"
            | b"dezembro" | b"des" | b"desember" => 12,
            _ => return None,
        })
    }

    /// Whether it names a day of the week.
    pub(super) fn is_weekday(&self) -> bool {
        const BEGINNINGS: &[&[u8]] = &[
            b"mon", b"tue", b"wed", b"thu", b"fri", b"sat", b"sun", b"mo", b"di", b"mi", b"do", b"fr", b"sa", b"so",
            b"lun", b"mar", b"mer", b"jeu", b"ven", b"sam", b"dim", b"mie", b"mi", b"jue", b"vie", b"sab", b"dom",
            b"gio", b"ma", b"wo", b"vr", b"za", b"zo", b"seg", b"ter", b"qua", b"qui", b"sex",
        ];
        const ENDINGS: &[&[u8]] =
            &[b"day", b"tag", b"woch", b"mittwoch", b"di", b"dag", b"es", b"ado", b"ado", b"ingo", b"ica"];
        let word = self.text();
        BEGINNINGS.contains(&word)
            || (word.len() > 4
                && BEGINNINGS.iter().any(|beginning| word.starts_with(beginning))
                && ENDINGS.iter().any(|ending| word.ends_with(ending)))
    }

    /// Whether it joins the parts of a date, as in `1 de noviembre de 2024`.
    pub(super) fn joins(&self) -> bool {
        matches!(self.text(), b"de" | b"of" | b"del" | b"den" | b"the" | b"le")
    }

    /// Whether it stands before a time of day.
    pub(super) fn leads_to_time(&self) -> bool {
        matches!(self.text(), b"at" | b"um" | b"a" | b"om" | b"kl" | b"alle" | b"ore" | b"las" | b"t")
    }

    /// Whether it counts days, as in `1st`.
    pub(super) fn counts(&self) -> bool {
        matches!(self.text(), b"st" | b"nd" | b"rd" | b"th" | b"er" | b"e")
    }

    /// Whether it stands behind a time of day and says nothing.
    pub(super) fn is_clock(&self) -> bool {
        matches!(self.text(), b"uhr" | b"h" | b"hrs" | b"hs")
    }

    /// Whether the half of a day that it names is the second, and whether it is written out.
    pub(super) fn half(&self) -> Option<(bool, bool)> {
        match self.text() {
            b"am" => Some((false, true)),
            b"pm" => Some((true, true)),
            b"a" => Some((false, false)),
            b"p" => Some((true, false)),
            _ => None,
        }
    }

    /// The hours ahead of UTC of a zone of that name.
    pub(super) fn zone_hours(&self) -> Option<i64> {
        Some(match self.text() {
            b"z" | b"utc" | b"gmt" | b"wet" | b"ut" => 0,
            b"bst" | b"west" | b"cet" | b"mez" => 1,
            b"cest" | b"mesz" | b"eet" => 2,
            b"eest" => 3,
            b"edt" => -4,
            b"est" | b"cdt" => -5,
            b"cst" | b"mdt" => -6,
            b"mst" | b"pdt" => -7,
            b"pst" => -8,
            b"jst" => 9,
            b"aest" => 10,
            b"aedt" => 11,
            _ => return None,
        })
    }
}

/// The letter without its accent.
const fn plain(letter: char) -> Option<u8> {
    Some(match letter {
        'a'..='z' => letter as u8,
        'à' | 'á' | 'â' | 'ä' | 'ã' | 'å' => b'a',
        'è' | 'é' | 'ê' | 'ë' => b'e',
        'ì' | 'í' | 'î' | 'ï' => b'i',
        'ò' | 'ó' | 'ô' | 'ö' | 'õ' => b'o',
        'ù' | 'ú' | 'û' | 'ü' => b'u',
        'ç' => b'c',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_in_several_languages() {
        let word = |text| Word::take(text).unwrap().0;
        for (text, month) in [("Nov", 11), ("März", 3), ("août", 8), ("Mai", 5), ("dicembre", 12), ("oct.", 10)] {
            assert_eq!(word(text).month(), Some(month), "{text}");
        }
        for day in ["Fri", "Friday", "Mittwoch", "mercredi", "Mo", "sábado", "domingo", "donderdag", "lundi"] {
            assert!(word(day).is_weekday(), "{day}");
        }
        assert!(!word("soon").is_weekday() && word("soon").month().is_none());
        assert_eq!((word("PDT").zone_hours(), word("UTC").zone_hours()), (Some(-7), Some(0)));
        assert!(Word::take("12").is_none() && Word::take("verylongwordindeed").is_none());
    }
}
