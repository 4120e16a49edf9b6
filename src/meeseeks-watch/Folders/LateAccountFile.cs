using System.Security.Cryptography;
using System.Text.Json;
using MeeseeksBox.FileWatch.Names;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.Foundation.Files;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>The file with the account of late files, beside the status files (docs/SPECIFICATION.md#late-files).</summary>
/// <param name="names">The names of the watch.</param>
internal sealed class LateAccountFile(StatusName names)
{
    private const int RandomBytes = 8;

    /// <summary>Reads the account; null when there is none, or it is damaged.</summary>
    /// <param name="folder">The folder of the status files.</param>
    public LateAccount? Read(string folder)
    {
        try
        {
            var text = File.ReadAllBytes(Path.Join(folder, names.LateAccount));
            return JsonSerializer.Deserialize(text, LateAccountContext.Default.LateAccount);
        }
        catch (Exception problem) when (problem is JsonException || FileProblem.Is(problem))
        {
            return null;
        }
    }

    /// <summary>Writes the account, under a temporary name first.</summary>
    /// <param name="folder">The folder of the status files, which is made in that of <c>status_path</c>.</param>
    /// <param name="account">The account.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(string folder, LateAccount account)
    {
        var file = Path.Join(folder, names.LateAccount);
        var temporary = Path.Join(folder, names.TemporaryOf(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(RandomBytes))));
        try
        {
            if (Directory.Exists(Path.GetDirectoryName(folder)))
                _ = Directory.CreateDirectory(folder);
            File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(account, LateAccountContext.Default.LateAccount));
            File.Move(temporary, file, overwrite: true);
        }
        catch (Exception problem) when (FileProblem.Is(problem))
        {
            // The same fault has the same text each time, and nothing stays.
            var reason = FileProblem.Reason(file, problem);
            if (File.Exists(temporary))
                File.Delete(temporary);
            throw new IOException($"{file}: {reason}", problem);
        }
    }
}
