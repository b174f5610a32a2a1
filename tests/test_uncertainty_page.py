"""docs/uncertainty.md tells readers what to type: the commands and options are there, and so are the linked pages."""

import re

import pytest
import typer

from sim import cli


@pytest.fixture(scope="module")
def page(repository):
    return (repository / "docs" / "uncertainty.md").read_text("utf-8")


def test_every_command_and_option_on_the_page_exists(page):
    commands = typer.main.get_command(cli.app).commands
    spans = re.findall(r"`(bmes [^`]+)`", page)
    assert {span.split()[1] for span in spans} >= {"psa", "dsa", "voi", "plan", "cea", "export"}
    for span in spans:
        command = commands[span.split()[1]]
        known = {option for parameter in command.params for option in parameter.opts}
        assert set(re.findall(r"--[a-z-]+", span)) <= known, span


def test_options_named_alone_belong_to_some_command(page):
    commands = typer.main.get_command(cli.app).commands.values()
    known = {option for command in commands for parameter in command.params for option in parameter.opts}
    alone = set(re.findall(r"`(--[a-z-]+)", page))
    assert alone
    assert alone <= known


def test_every_page_it_links_to_is_there(page, repository):
    linked = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page)
    assert linked
    assert all((repository / "docs" / target).is_file() for target in linked)
