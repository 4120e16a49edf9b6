using System.Text.RegularExpressions;
using MeeseeksBox.Foundation.Files;
using Serilog;
using Serilog.Events;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>Logs failures of file operations once per cause.</summary>
/// <remarks>A failure is logged when it begins, when its cause changes, and when it ends, not at each attempt.</remarks>
/// <param name="path">The path of the folder, in place of that by which it is held.</param>
/// <param name="log">The log.</param>
/// <param name="level">How bad a failure is.</param>
internal sealed partial class IoFaultReporter(string path, ILogger log, LogEventLevel level = LogEventLevel.Error)
{
    private readonly Dictionary<string, string> _present = [];

    /// <summary>Whether an operation fails at present.</summary>
    public bool HasAny => _present.Count > 0;

    /// <summary>The present failures, as sentences.</summary>
    public IEnumerable<string> Present => _present.Select(fault => $"cannot {fault.Key}: {fault.Value}");

    /// <summary>Runs an operation and logs its failure.</summary>
    /// <param name="what">The operation, as the words after "cannot".</param>
    /// <param name="consequence">The effect of the failure.</param>
    /// <param name="action">The operation.</param>
    /// <returns>Whether it succeeded.</returns>
    /// <exception cref="StatusNameException">The failure concerns a single status file.</exception>
    public bool Try(string what, string consequence, Action action)
    {
        try
        {
            action();
        }
        catch (Exception problem) when (FileProblem.Is(problem) && problem is not StatusNameException)
        {
            Report(what, problem.Message, consequence);
            return false;
        }

        Clear(what);
        return true;
    }

    /// <summary>Logs a failure, unless it is known.</summary>
    /// <param name="what">The operation, as the words after "cannot".</param>
    /// <param name="problem">The cause.</param>
    /// <param name="consequence">The effect of the failure.</param>
    public void Report(string what, string problem, string consequence)
    {
        var text = HeldPath.Replace(problem, path);
        if (_present.GetValueOrDefault(what) != text)
            log.Write(level, "cannot {What}: {Problem}; {Consequence}", what, text, consequence);
        _present[what] = text;
    }

    /// <summary>Logs the end of a failure, if there was one.</summary>
    public void Clear(string what)
    {
        if (_present.Remove(what))
            log.Information("can {What} again", what);
    }

    [GeneratedRegex("/proc/self/fd/[0-9]+")]
    private static partial Regex HeldPath { get; }
}
