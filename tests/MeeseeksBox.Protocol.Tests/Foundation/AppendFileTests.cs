using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Protocol.Tests.Foundation;

/// <summary>Appending lines to a private file.</summary>
public sealed class AppendFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string File => Path.Combine(_folder.Path, "lines");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_new_file_is_readable_by_its_owner_only()
    {
        Append("a\n"u8);

        System.IO.File.GetUnixFileMode(File).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void A_torn_line_is_ended_before_the_next_one()
    {
        _ = _folder.Write("lines", "a\nto");

        Append("b\n"u8);
        Append("c\n"u8);

        System.IO.File.ReadAllText(File).Should().Be("a\nto\nb\nc\n");
    }

    [Fact]
    public void A_failed_append_leaves_no_part_of_the_lines()
    {
        Append("a\n"u8);

        var append = () =>
        {
            using var file = AppendFile.OpenPrivate(File, FileShare.Read);
            AppendFile.Append(file, new FailingStream());
        };

        append.Should().Throw<IOException>();
        System.IO.File.ReadAllText(File).Should().Be("a\n");
    }

    private void Append(ReadOnlySpan<byte> lines)
    {
        using var file = AppendFile.OpenPrivate(File, FileShare.Read);
        AppendFile.Append(file, new MemoryStream(lines.ToArray()));
    }

    // Returns some bytes, and then fails.
    private sealed class FailingStream() : MemoryStream("b\nc"u8.ToArray())
    {
        public override void CopyTo(Stream destination, int bufferSize)
        {
            destination.Write("b\nc"u8);
            throw new IOException("disk full");
        }
    }
}
