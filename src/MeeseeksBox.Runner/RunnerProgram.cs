using System.Runtime.InteropServices;
using MeeseeksBox.Foundation.Unix;
using MeeseeksBox.Runner.Accounts;
using MeeseeksBox.Runner.Children;
using MeeseeksBox.Runner.ControlGroups;
using MeeseeksBox.Runner.Output;
using MeeseeksBox.Runner.Starting;
using MeeseeksBox.Runner.Unix;

namespace MeeseeksBox.Runner;

/// <summary>The program meeseeks-runner. Start reading here.</summary>
public static class RunnerProgram
{
    /// <summary>The line on the standard output that tells that it listens.</summary>
    public const string Ready = "listening";

    /// <summary>The option before the user and the groups of the runner.</summary>
    internal const string AccountOption = "--as";

    private const string Name = "meeseeks-runner";

    private const string Usage =
        "Usage: meeseeks-runner --as UID:GID:GROUPS FOLDER\nA meeseeks-box starts it; it is of no use by itself (docs/RUNNER.md).\n";

    /// <summary>Runs the program.</summary>
    /// <param name="arguments">Its account and its folder; or the words of <see cref="FileOpener"/>.</param>
    /// <returns>The exit status.</returns>
    public static int Run(string[] arguments)
    {
        if (FileOpener.IsMeant(arguments))
            return FileOpener.Run(StarterText.Exact(arguments));

        if (arguments is not [AccountOption, var account, var path] || Credentials.Parse(account) is not { } credentials
            || !Directory.Exists(path))
        {
            StandardStreams.Write(2, Usage);
            return 2;
        }

        var folder = new SpoolFolder(Path.GetFullPath(path));
        try
        {
            // First, because the program executes itself then, so that all of its threads have the new keyring.
            if (credentials != Credentials.Own)
                SessionKeyring.Leave();
            ChildSignal.BlockInAllThreads([Name, .. arguments]);
            var starter = Credentials.Own.User;
            Surroundings.Set(folder);
            var groups = RunnerGroup.TryMake(ControlGroupMount.OwnFolder());
            groups?.GiveTo(credentials);

            // In the folder, whose parents the user may not enter. Everything from here on happens with the rights of the user.
            RightsDrop.To(credentials);
            using var server = new RunnerServer(folder, groups, starter);
            using var termination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
            {
                context.Cancel = true;
                server.Terminate();
            });
            StandardStreams.Write(1, Ready + "\n");
            StandardStreams.Close();
            server.Run();
            groups?.Delete();
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
