//! How the screen suits whoever stands before it. The page carries it as `data-` attributes, which the style sheets follow.

use leptos::prelude::document;

use super::words::Words;
use crate::words::Language;

/// What a guest may set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Preferences {
    /// How large type is.
    pub type_size: TypeSize,
    /// Light and dark.
    pub contrast: Contrast,
    /// Where the controls are.
    pub reach: Reach,
}

/// How large type is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TypeSize {
    /// As it is.
    #[default]
    Normal,
    /// Half as large again.
    Large,
    /// Twice as large.
    Largest,
}

/// Light and dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Contrast {
    /// Light on dark: a lobby is dim.
    #[default]
    Dark,
    /// Dark on light.
    Light,
    /// Black, white and yellow.
    High,
}

/// Where the controls are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// All over the screen.
    #[default]
    Whole,
    /// In the bottom third, for whoever sits or is small.
    Low,
}

impl TypeSize {
    /// The next size; after the largest the first.
    pub fn next(self) -> Self {
        match self {
            Self::Normal => Self::Large,
            Self::Large => Self::Largest,
            Self::Largest => Self::Normal,
        }
    }

    /// The size in words.
    pub fn name(self, words: &Words) -> &'static str {
        match self {
            Self::Normal => words.size_normal,
            Self::Large => words.size_large,
            Self::Largest => words.size_largest,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Large => "large",
            Self::Largest => "largest",
        }
    }
}

impl Contrast {
    /// The next one; after the strongest the first.
    pub fn next(self) -> Self {
        match self {
            Self::Dark => Self::Light,
            Self::Light => Self::High,
            Self::High => Self::Dark,
        }
    }

    /// In words.
    pub fn name(self, words: &Words) -> &'static str {
        match self {
            Self::Dark => words.contrast_dark,
            Self::Light => words.contrast_light,
            Self::High => words.contrast_high,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
            Self::High => "high",
        }
    }
}

impl Reach {
    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Self::Whole => Self::Low,
            Self::Low => Self::Whole,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Low => "low",
        }
    }
}

/// Lets the page look and speak so.
pub fn wear(preferences: Preferences, language: Language) {
    let Some(page) = document().document_element() else {
        return;
    };
    let attributes = [
        ("data-size", preferences.type_size.word()),
        ("data-contrast", preferences.contrast.word()),
        ("data-reach", preferences.reach.word()),
        ("lang", language.short()),
    ];
    for (name, value) in attributes {
        // Only fails for a name that is none.
        let _ = page.set_attribute(name, value);
    }
}
