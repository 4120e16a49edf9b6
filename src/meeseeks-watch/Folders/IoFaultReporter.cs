using MeeseeksBox.Foundation.Files;
using Serilog;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>Logs failures of file operations once per cause.</summary>
/// <remarks>A failure is logged when it begins, when its cause changes, and when it ends, not at each attempt.</remarks>
internal sealed class IoFaultReporter(ILogger log)
{
    private readonly Dictionary<string, string> _present = [];

    /// <summary>Whether an operation fails at present.</summary>
    public bool HasAny => _present.Count > 0;

    /// <summary>Runs an operation and logs its failure.</summary>
    /// <param name="what">The operation, as the words after "cannot".</param>
    /// <param name="consequence">The effect of the failure.</param>
    /// <param name="action">The operation.</param>
    /// <returns>Whether it succeeded.</returns>
    public bool Try(string what, string consequence, Action action)
    {
        try
        {
            action();
        }
        catch (Exception problem) when (FileProblem.Is(problem))
        {
            if (_present.GetValueOrDefault(what) != problem.Message)
                log.Error("cannot {What}: {Problem}; {Consequence}", what, problem.Message, consequence);
            _present[what] = problem.Message;
            return false;
        }

        if (_present.Remove(what))
            log.Information("can {What} again", what);
        return true;
    }
}
