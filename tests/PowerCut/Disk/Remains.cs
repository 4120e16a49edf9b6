using System.Security.Cryptography;
using System.Text;

namespace MeeseeksBox.PowerCut.Disk;

/// <summary>What a power cut has left.</summary>
/// <param name="Files">The contents of the files by their paths; null for a folder.</param>
/// <param name="Loss">What was lost of the contents.</param>
/// <param name="IsAll">Whether nothing was lost.</param>
internal sealed record Remains(SortedDictionary<string, byte[]?> Files, DataLoss Loss, bool IsAll)
{
    private const UnixFileMode OnlyOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The same for the same remains, apart from those of a runner, which has ended.</summary>
    public string Digest
    {
        get
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var (path, content) in Files.Where(file => !file.Key.Contains("/runner-", StringComparison.Ordinal)))
            {
                hash.AppendData(Encoding.UTF8.GetBytes($"{path}\0{content?.Length ?? -1}\0"));
                hash.AppendData(content ?? []);
            }

            return Convert.ToHexString(hash.GetHashAndReset());
        }
    }

    /// <summary>Writes them into an empty folder.</summary>
    public void WriteTo(string folder)
    {
        foreach (var (path, content) in Files)
        {
            if (content is null)
                _ = Directory.CreateDirectory(Path.Combine(folder, path), OnlyOwner);
            else
                File.WriteAllBytes(Path.Combine(folder, path), content);
        }
    }

    public override string ToString() =>
        $"loss {Loss}: {string.Join(", ", Files.Select(file => $"{file.Key}{(file.Value is null ? "/" : $" ({file.Value.Length})")}"))}";
}
