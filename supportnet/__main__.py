"""`python -m supportnet`: the command line."""

from supportnet.analysis.commands.main import main

if __name__ == "__main__":
    main()
