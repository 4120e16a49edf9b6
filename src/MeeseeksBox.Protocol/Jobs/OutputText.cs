namespace MeeseeksBox.Protocol.Jobs;

/// <summary>An output in memory.</summary>
/// <param name="text">The output in base64.</param>
internal sealed class OutputText(string text) : OutputData
{
    public override string Text => text;

    public override long Length => text.Length;

    public override bool Equals(object? other) => other is OutputText output && output.Text == text;

    public override int GetHashCode() => text.GetHashCode(StringComparison.Ordinal);
}
