using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Protocol.Tests.Foundation;

/// <summary>Failures of files have a reason without the words of .NET.</summary>
public sealed class FileProblemTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("none", "there is no such file")]
    [InlineData("no/file", "its folder */no does not exist")]
    [InlineData("file/below", "*/file is not a folder")]
    [InlineData("folder", "it is a folder")]
    [InlineData("loop", "too many levels of symbolic links")]
    [InlineData("a\0b", "this is not a valid file name")]
    [InlineData("locked", "another process uses it")]
    public void A_reason_is_in_plain_words(string name, string reason)
    {
        _ = _folder.Folder("folder");
        _ = _folder.Write("file", "");
        _ = File.CreateSymbolicLink(_folder.File("loop"), "loop");
        using var locked = new FileStream(_folder.File("locked"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);

        Reason(_folder.File(name), () => File.Open(_folder.File(name), FileMode.Open, FileAccess.ReadWrite).Dispose())
            .Should().Match(reason);
    }

    [Fact]
    public void A_file_beyond_the_largest_size_is_a_failure_too()
    {
        using var file = new FileStream(_folder.File("large"), FileMode.Create);

        Reason(file.Name, () => RandomAccess.Write(file.SafeFileHandle, "x"u8, long.MaxValue - 1))
            .Should().Contain("limit of the file size");
    }

    public void Dispose() => _folder.Dispose();

    private static string Reason(string path, Action action) =>
        FileProblem.Reason(path, action.Should().Throw<Exception>().Where(problem => FileProblem.Is(problem)).Which);
}
