using Serilog;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>What a file system refuses to do at present. Said when it begins, when its reason changes, and when it is over; not at every try.</summary>
internal sealed class IoFaultReporter(ILogger log)
{
    private readonly Dictionary<string, string> _present = [];

    /// <summary>Whether there is any.</summary>
    public bool HasAny => _present.Count > 0;

    /// <summary>Tries something.</summary>
    /// <param name="what">What is tried, to go on after "cannot".</param>
    /// <param name="consequence">What follows while it does not work.</param>
    /// <param name="action">What is tried.</param>
    /// <returns>Whether it worked.</returns>
    public bool Try(string what, string consequence, Action action)
    {
        try
        {
            action();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
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
