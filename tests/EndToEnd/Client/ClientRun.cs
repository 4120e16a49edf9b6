using System.Text.Json;

namespace MeeseeksBox.EndToEnd.Client;

/// <summary>What came of a call of the client.</summary>
/// <param name="Status">Its exit status.</param>
/// <param name="Output">What it printed.</param>
/// <param name="Errors">What it said on standard error.</param>
public sealed record ClientRun(int Status, string Output, string Errors)
{
    /// <summary>Its output as JSON.</summary>
    public JsonElement Json => JsonElement.Parse(Output);

    /// <summary>The lines of its output.</summary>
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <inheritdoc/>
    public override string ToString() => $"exit status {Status}; printed:\n{Output}; said:\n{Errors}";
}
