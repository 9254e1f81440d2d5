//! Reports in the forms that need the registry of codes.

use super::codes::codes;
use crate::diagnostic::{Report, ReportFormat, TextStyle, sarif};

impl Report {
    /// The report as SARIF 2.1.0, for code scanning. Its rules are all codes of the product.
    pub fn to_sarif(&self) -> String {
        sarif(self, codes())
    }

    /// The report in a format; `style` is for text only.
    pub fn render(&self, format: ReportFormat, style: TextStyle) -> String {
        match format {
            ReportFormat::Text => self.to_text(style),
            ReportFormat::Json => self.to_json(),
            ReportFormat::Sarif => self.to_sarif(),
            ReportFormat::Github => self.to_github(),
        }
    }
}
