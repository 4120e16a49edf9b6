namespace MeeseeksBox.Foundation.Unix;

/// <summary>Standard output cannot be written.</summary>
/// <remarks>Not an <see cref="IOException"/>, so that no reader of files takes it for a fault of its file.</remarks>
/// <param name="message">The failure and its cause, for a person.</param>
public sealed class StandardStreamException(string message) : Exception(message);
