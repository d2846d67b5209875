//! Codes that mean the same in every part of a shop that is read part by part.

use std::collections::HashMap;

use super::handover::Dictionaries;
use super::words::{position, translate};
use crate::timeline::columns::Tables;

/// The codes given so far, by kind of thing: those that are counted over the whole shop.
#[derive(Debug, Default)]
pub struct CodeBook {
    products: Codes,
    categories: Codes,
    home_regions: Codes,
    acquisition_channels: Codes,
}

impl CodeBook {
    /// Gives the things of a part the codes that they have in the others.
    pub fn share(&mut self, tables: &mut Tables, dictionaries: &mut Dictionaries) {
        self.products.share(&mut tables.purchases.product, &mut dictionaries.products);
        self.categories.share(&mut tables.purchases.category, &mut dictionaries.categories);
        let customers = &mut tables.customers;
        self.home_regions.share(&mut customers.region, &mut dictionaries.home_regions);
        self.acquisition_channels.share(&mut customers.acquisition, &mut dictionaries.acquisition_channels);
        customers.region_places = self.home_regions.places();
        customers.acquisition_places = self.acquisition_channels.places();
    }
}

/// Names in the order in which they came up.
#[derive(Debug, Default)]
struct Codes {
    names: Vec<String>,
    known: HashMap<String, u32>,
}

impl Codes {
    fn share(&mut self, column: &mut Option<Vec<u32>>, names: &mut Vec<String>) {
        let codes: Vec<u32> = names.iter().map(|name| self.code(name)).collect();
        if let Some(column) = column {
            for code in column {
                *code = translate(&codes, *code);
            }
        }
        names.clone_from(&self.names);
    }

    /// By code, the place of its name among those known so far.
    fn places(&self) -> Vec<u32> {
        let mut codes: Vec<usize> = (0..self.names.len()).collect();
        codes.sort_unstable_by_key(|code| &self.names[*code]);
        let mut places = vec![0; codes.len()];
        (0..).zip(codes).for_each(|(place, code)| places[code] = place);
        places
    }

    fn code(&mut self, name: &str) -> u32 {
        if let Some(code) = self.known.get(name) {
            return *code;
        }
        self.names.push(name.to_owned());
        let code = position(self.names.len() - 1);
        self.known.insert(name.to_owned(), code);
        code
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::columns::NO_CODE;

    #[test]
    fn a_thing_keeps_its_code() {
        let mut book = CodeBook::default();
        let mut shared = |names: &[&str], codes: &[u32]| {
            let mut tables = Tables::default();
            tables.purchases.category = Some(codes.to_vec());
            let categories = names.iter().map(|name| (*name).to_owned()).collect();
            let mut dictionaries = Dictionaries { categories, ..Dictionaries::default() };
            book.share(&mut tables, &mut dictionaries);
            (tables.purchases.category.unwrap(), dictionaries.categories)
        };
        assert_eq!(shared(&["tea", "wool"], &[1, 0, NO_CODE]).0, [1, 0, NO_CODE]);
        let (codes, names) = shared(&["cups", "tea"], &[0, 1, 1]);
        assert_eq!((codes, names), (vec![2, 0, 0], vec!["tea".into(), "wool".into(), "cups".into()]));
        assert_eq!(book.categories.places(), [1, 2, 0]);
    }
}
