//! The colours of a poster. Ink on ground has a contrast of at least 4.5 (WCAG AA), which a test holds.

/// Five colours that go together, as `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Palette {
    /// Under everything, and behind the title.
    pub(super) ground: &'static str,
    /// The title.
    pub(super) ink: &'static str,
    /// The large shape.
    pub(super) main: &'static str,
    /// What stands against it.
    pub(super) second: &'static str,
    /// The one bright spot.
    pub(super) spark: &'static str,
}

const fn palette(
    ground: &'static str,
    ink: &'static str,
    main: &'static str,
    second: &'static str,
    spark: &'static str,
) -> Palette {
    Palette {
        ground,
        ink,
        main,
        second,
        spark,
    }
}

pub(super) const EMBER: Palette = palette("#2b1020", "#fbe9d0", "#c8402f", "#ee8434", "#ffd166");
pub(super) const TIDE: Palette = palette("#08293a", "#f4efdd", "#17657d", "#4fb3a5", "#f6c85f");
pub(super) const PLUM: Palette = palette("#2a0f33", "#ffe6d8", "#86286b", "#e4587a", "#ffc9a3");
pub(super) const NIGHT: Palette = palette("#0d1230", "#f2ecff", "#3346a6", "#f0668c", "#ffd9a8");
pub(super) const VIOLET: Palette = palette("#33237d", "#f7f2ff", "#f0685a", "#ffc24a", "#8fd3e8");
pub(super) const FOREST: Palette = palette("#0c241d", "#f1ecd3", "#2c6a4d", "#a5bd58", "#f4d06f");
pub(super) const SLATE: Palette = palette("#1b2430", "#f2eee6", "#3d5166", "#7f95a3", "#ffcf5c");
pub(super) const LEMON: Palette = palette("#f3c62f", "#1c1a2b", "#1c1a2b", "#e5492f", "#fff7de");
pub(super) const PAPER: Palette = palette("#f2e9d8", "#1e1c1c", "#c63f2e", "#20406a", "#e5a52c");
pub(super) const SIGNAL: Palette = palette("#b8231a", "#fff5e8", "#17141a", "#f4ede0", "#f6b23c");
pub(super) const SKY: Palette = palette("#c4e3e3", "#10283b", "#e4553e", "#17466a", "#fffaf0");
pub(super) const ROSE: Palette = palette("#4a0f24", "#ffeadf", "#d8344f", "#f39a5f", "#ffe0a8");
pub(super) const INK: Palette = palette("#141318", "#f5f0e6", "#e2402f", "#f5f0e6", "#f2b134");

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(
        clippy::float_arithmetic,
        reason = "WCAG defines luminance with powers"
    )]
    fn luminance(colour: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    #[test]
    fn every_title_can_be_read() {
        for palette in [
            EMBER, TIDE, PLUM, NIGHT, VIOLET, FOREST, SLATE, LEMON, PAPER, SIGNAL, SKY, ROSE, INK,
        ] {
            let (ink, ground) = (
                luminance(palette.ink) + 0.05,
                luminance(palette.ground) + 0.05,
            );
            let contrast = ink.max(ground) / ink.min(ground);
            assert!(contrast >= 4.5, "{palette:?}: {contrast:.1}");
        }
    }
}
