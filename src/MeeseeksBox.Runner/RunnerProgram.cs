using System.Runtime.InteropServices;
using MeeseeksBox.Runner.Children;
using MeeseeksBox.Runner.Output;
using MeeseeksBox.Runner.Starting;
using MeeseeksBox.Runner.Unix;

namespace MeeseeksBox.Runner;

/// <summary>The program meeseeks-runner. Start reading here.</summary>
public static class RunnerProgram
{
    /// <summary>The line on the standard output that tells that it listens.</summary>
    public const string Ready = "listening";

    private const string Usage =
        "Usage: meeseeks-runner FOLDER\nA meeseeks-box starts it; it is of no use by itself (docs/RUNNER.md).\n";

    /// <summary>Runs the program.</summary>
    /// <param name="arguments">The folder of the runner; or the words of <see cref="FileOpener"/>.</param>
    /// <returns>The exit status.</returns>
    public static int Run(string[] arguments)
    {
        if (arguments is [FileOpener.Option, _, _, _, _, _, _, ..])
            return FileOpener.Run(arguments);

        if (arguments is not [var path] || !Directory.Exists(path))
        {
            StandardStreams.Write(2, Usage);
            return 2;
        }

        var folder = new SpoolFolder(Path.GetFullPath(path));
        try
        {
            Surroundings.Set(folder);
            var children = new ChildWaiter(TimeProvider.System);
            using var server = new RunnerServer(folder, children);
            using var termination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
            {
                context.Cancel = true;
                server.Terminate();
            });
            children.Start();
            StandardStreams.Write(1, Ready + "\n");
            StandardStreams.Close();
            server.Run();
            folder.Delete();
            if (server.IsAbandoned)
                folder.DeleteTemporaryParent();
        }
        catch (IOException problem)
        {
            StandardStreams.Write(2, problem.Message + "\n");
            return 1;
        }

        return 0;
    }
}
