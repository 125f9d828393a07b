"""The smallest Typer program with as many commands as ours; its --help is the floor."""

import typer

app = typer.Typer(no_args_is_help=True)


@app.command()
def first(name: str) -> None:
    """Do the first thing."""
    print(name)


@app.command()
def second(name: str) -> None:
    """Do the second thing."""
    print(name)


@app.command()
def third(name: str) -> None:
    """Do the third thing."""
    print(name)


if __name__ == "__main__":
    app()
