using System.Text.Json;

namespace MeeseeksBox.EndToEnd.Client;

/// <summary>The result of a call of the client.</summary>
/// <param name="Status">The exit status.</param>
/// <param name="Output">The standard output.</param>
/// <param name="Errors">The standard error.</param>
public sealed record ClientRun(int Status, string Output, string Errors)
{
    /// <summary>The standard output, parsed as JSON.</summary>
    public JsonElement Json => JsonElement.Parse(Output);

    /// <summary>The lines of the standard output, without empty ones.</summary>
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <inheritdoc/>
    public override string ToString() => $"exit status {Status}; standard output:\n{Output}; standard error:\n{Errors}";
}
