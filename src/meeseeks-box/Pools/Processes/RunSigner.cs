using System.Security.Cryptography;
using System.Text;
using MeeseeksBox.Agent.Outputs;

namespace MeeseeksBox.Agent.Pools.Processes;

/// <summary>Signs what the runner of another user keeps, so that it can tell a later box of its own runs alone.</summary>
/// <param name="folder">The runs folder, which has the key.</param>
internal sealed class RunSigner(RunsFolder folder)
{
    private const int Length = 32;

    private readonly Lazy<byte[]?> _key = new(folder.Key, LazyThreadSafetyMode.PublicationOnly);

    /// <summary>A text with its signature.</summary>
    /// <param name="owner">The runner.</param>
    /// <param name="run">The id of the run.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="IOException">The key cannot be read or made.</exception>
    /// <exception cref="UnauthorizedAccessException">The key may not be read or made.</exception>
    public string Sign(RunnerOwner owner, string run, string text) =>
        owner.IsBox || _key.Value is not { } key ? text : $"{SignatureOf(key, owner, run, text)} {text}";

    /// <summary>The text of <see cref="Sign"/>; null when its signature is not of that runner and run.</summary>
    public string? Verify(RunnerOwner owner, string run, string signedText)
    {
        if (owner.IsBox)
            return signedText;
        if (signedText.Split(' ', 2) is not [var signature, var text] || _key.Value is not { } key)
            return null;

        var expected = Encoding.UTF8.GetBytes(SignatureOf(key, owner, run, text));
        return CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(signature)) ? text : null;
    }

    // Neither the name of a folder nor the id of a run has a line feed.
    private static string SignatureOf(byte[] key, RunnerOwner owner, string run, string text) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{owner.Suffix}\n{run}\n{text}")))[..Length];
}
