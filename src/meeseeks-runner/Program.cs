return MeeseeksBox.Runner.RunnerProgram.Run(args);
