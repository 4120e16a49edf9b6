namespace MeeseeksBox.Tls;

/// <summary>An error in a section <c>ssl</c>, or in a file that it names.</summary>
/// <param name="Key">The key in the section: <c>cert</c>.</param>
/// <param name="Text">The error with the name of the file, for people.</param>
public sealed record TlsConfigError(string Key, string Text)
{
    /// <summary><c>cert: n1.pem: the file cannot be read: there is no such file</c>.</summary>
    public override string ToString() => $"{Key}: {Text}";
}
