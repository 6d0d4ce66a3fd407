//! The sign at the top of a page, and the same drawing as the icon of its tab.
//!
//! Not for the page around it: `page.html` has the layout and the sign's colours.

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// What a page's sign says. The shapes differ, so the colour only repeats it.
#[derive(Clone, Copy, Debug)]
pub enum Sign {
    /// It worked.
    Done,
    /// It is not known yet.
    Waiting,
    /// It did not work.
    Failed,
}

impl Sign {
    /// Its class in the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Waiting => "waiting",
            Self::Failed => "failed",
        }
    }

    /// The drawing without its frame, 40 units wide and high.
    pub fn drawing(self) -> &'static str {
        match self {
            Self::Done => r#"<circle cx="20" cy="20" r="17"/><path d="M12 21l6 6 11-13"/>"#,
            Self::Waiting => {
                r#"<circle cx="20" cy="20" r="17"/><path d="M12 20h.01M20 20h.01M28 20h.01"/>"#
            }
            Self::Failed => r#"<path d="M20 5l17 30H3z"/><path d="M20 16v9M20 30h.01"/>"#,
        }
    }

    /// A `data:` URL, because without an icon a browser requests
    /// `/favicon.ico`, which the page's policy forbids.
    pub fn icon(self) -> String {
        // Colours for light and dark tabs, which the page's style cannot
        // change.
        let colour = match self {
            Self::Done | Self::Waiting => "#2f81f7",
            Self::Failed => "#c77d0a",
        };
        let drawing = self.drawing();
        let svg = format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40" fill="none" stroke="{colour}" stroke-width="4" stroke-linecap="round" stroke-linejoin="round">{drawing}</svg>"#
        );
        format!("data:image/svg+xml;base64,{}", STANDARD.encode(svg))
    }
}
