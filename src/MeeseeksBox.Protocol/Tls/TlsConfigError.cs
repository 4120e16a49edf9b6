namespace MeeseeksBox.Protocol.Tls;

/// <summary>What is wrong with a section <c>ssl</c>, or with a file that it names.</summary>
/// <param name="Key">The key in the section: <c>cert</c>.</param>
/// <param name="Text">What is wrong, and with which file, for people.</param>
public sealed record TlsConfigError(string Key, string Text)
{
    /// <summary><c>cert: n1.pem: the file cannot be read: there is no such file</c>.</summary>
    public override string ToString() => $"{Key}: {Text}";
}
