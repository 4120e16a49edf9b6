using MeeseeksBox.Foundation.Text;
using MeeseeksBox.Runner.Protocol;

namespace MeeseeksBox.Runner.Starting;

/// <summary>The process that a box wants to have started.</summary>
/// <param name="Run">The id of the run, which marks the process.</param>
/// <param name="Arguments">The arguments, of which the first one names the program.</param>
/// <param name="Variables">The variables of the environment, as NAME=VALUE.</param>
/// <param name="Folder">Full path of the working directory.</param>
/// <param name="Input">Full path of the file for the standard input; null for empty input.</param>
/// <param name="Output">Full path of the file to append the standard output to; null to keep the output.</param>
/// <param name="Errors">The same for the standard error.</param>
/// <param name="Limit">Number of bytes to keep of each stream without a file.</param>
/// <param name="Data">What the box wants to know about the run again.</param>
internal sealed record StartOrder(
    string Run,
    IReadOnlyList<byte[]> Arguments,
    IReadOnlyList<byte[]> Variables,
    string Folder,
    string? Input,
    string? Output,
    string? Errors,
    int Limit,
    byte[] Data)
{
    private static ReadOnlySpan<byte> PathVariable => "PATH="u8;

    /// <summary>The name of the program.</summary>
    public string Name => ByteText.Decode(Arguments[0]);

    /// <summary>The PATH of the job; null without one.</summary>
    public string? SearchPath => Variables.LastOrDefault(variable => variable.AsSpan().StartsWith(PathVariable)) is { } path
        ? ByteText.Decode(path.AsSpan(PathVariable.Length))
        : null;

    /// <summary>Reads an order.</summary>
    /// <returns>Null when it has no argument, or no full path of a working directory.</returns>
    public static StartOrder? Of(RunnerMessage message)
    {
        var arguments = message.All(RunnerField.Argument);
        if (message.Text(RunnerField.Folder) is not { } folder || !Path.IsPathRooted(folder) || arguments.Count is 0)
            return null;

        return new StartOrder(
            message.Run,
            arguments,
            message.All(RunnerField.Variable),
            folder,
            FullPath(RunnerField.Input),
            FullPath(RunnerField.Output),
            FullPath(RunnerField.Errors),
            (int)(message.Number(RunnerField.Limit) ?? 0),
            message.All(RunnerField.Data).FirstOrDefault([]));

        string? FullPath(string field) => message.Text(field) is { } file ? Path.GetFullPath(file, folder) : null;
    }
}
