"""Commands whose error messages name options, where the same call from Python names arguments."""

from typing import Any

from typer.core import TyperGroup


class Commands(TyperGroup):
    """A group of such commands."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command. Raises UserInputError."""
        from supportnet.sim.errors import UserInputError  # not for `--help`

        try:
            return super().invoke(ctx)
        except UserInputError as error:
            command = self.commands.get(ctx.invoked_subcommand or "")
            raise error.with_options(options_of(command) if command else {}) from error


def options_of(command: Any) -> dict[str, str]:
    """The option of each argument: that of the command's own argument, and that of the same name."""
    options = [(one.name, max(one.opts, key=len)) for one in command.params if one.param_type_name == "option"]
    return {**{option.lstrip("-").replace("-", "_"): option for _, option in options}, **dict(options)}
