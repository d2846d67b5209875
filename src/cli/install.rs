//! What an installation has beside the program: completions for shells and pages for `man`, both made from the types of the
//! command line.

use std::io;

use clap::{Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;

use super::Cli;

/// The script that completes commands in a shell.
#[must_use]
pub fn completions(shell: Shell) -> Vec<u8> {
    let (mut command, mut script) = (Cli::command(), Vec::new());
    clap_complete::generate(shell, &mut command, "retain", &mut script);
    script
}

/// The pages of all commands: file name and text, the program itself first.
///
/// # Errors
/// What the library of the pages says.
pub fn man_pages() -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    let mut pages = Vec::new();
    add_pages(command, &mut pages)?;
    Ok(pages)
}

fn add_pages(command: Command, pages: &mut Vec<(String, Vec<u8>)>) -> io::Result<()> {
    let below: Vec<Command> = command.get_subcommands().filter(|below| !below.is_hide_set()).cloned().collect();
    let (man, mut text) = (Man::new(command), Vec::new());
    man.render(&mut text)?;
    pages.push((man.get_filename(), text));
    below.into_iter().try_for_each(|below| add_pages(below, pages))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_page_and_every_shell_a_script() {
        let pages = man_pages().unwrap();
        let names: Vec<&str> = pages.iter().map(|(name, _)| name.as_str()).collect();
        for name in ["retain.1", "retain-score.1", "retain-models-rollback.1", "retain-man.1"] {
            assert!(names.contains(&name), "{names:?}");
        }
        assert_eq!(names.len(), pages.iter().map(|(name, _)| name).collect::<std::collections::BTreeSet<_>>().len());
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::PowerShell, Shell::Elvish] {
            assert!(String::from_utf8(completions(shell)).unwrap().contains("rollback"), "{shell}");
        }
    }
}
