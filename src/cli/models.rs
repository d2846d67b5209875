//! What is asked of the stored models.

use std::path::PathBuf;

use clap::Subcommand;

/// The stored models of a shop.
#[derive(Debug, clap::Args)]
pub struct Models {
    /// What to do with them.
    #[command(subcommand)]
    pub action: ModelsAction,
    /// The config file; without it `retain.toml`, or where there is none the sample shop `data/sample/retain.toml`.
    #[arg(long, short, global = true)]
    pub config: Option<PathBuf>,
}

/// What can be done with stored models; VERSION is a name from the list, or `champion`.
#[derive(Debug, Subcommand)]
pub enum ModelsAction {
    /// One line for each version: its day, its grade, what became of it.
    List,
    /// What a version learnt from, how it was tested and judged.
    Show {
        /// The version.
        #[arg(default_value = "champion")]
        version: String,
    },
    /// Make a version the one that scores, whatever the gate said.
    Promote {
        /// The version.
        version: String,
    },
    /// Make the version that scored before the champion the one that scores again.
    Rollback,
    /// Remove old versions from disk; the champion, the version before it and the history stay.
    Prune {
        /// The newest versions that stay.
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
        keep: u32,
        /// Say which versions would go, and remove none.
        #[arg(long)]
        dry_run: bool,
    },
    /// Write the probability of churning of a version as an ONNX file, in a folder for `MLflow`.
    Export {
        /// The version.
        #[arg(default_value = "champion")]
        version: String,
        /// The folder, which must not be there yet.
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
    /// What differs between two versions: figures, features, config.
    Diff {
        /// The earlier version.
        from: String,
        /// The later one.
        #[arg(default_value = "champion")]
        to: String,
    },
}
