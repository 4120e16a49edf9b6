using System.Diagnostics;
using System.Security.Cryptography;
using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Watch;

/// <summary>
/// Programs that people upload with write into a watched folder. Each file is processed once, whole, and without a rescan
/// (docs/WATCH.md#when-a-file-is-complete).
/// </summary>
public sealed class UploaderTests(SharedBox shared, SharedWatcher watcher) : SharedWatcherTests(shared, watcher)
{
    private const int Half = 20_000;

    private readonly byte[] _content = RandomNumberGenerator.GetBytes(2 * Half);

    [Theory]
    [InlineData("cp", "cp \"$1\" \"$2\"")]
    [InlineData("cp", "cp -p \"$1\" \"$2\"")]
    [InlineData("mv", "mv \"$1\" \"$2\"")]
    [InlineData("install", "install -m 600 -p \"$1\" \"$2\"")]
    [InlineData("dd", "dd if=\"$1\" of=\"$2\" bs=1000")]
    [InlineData("tar", "tar -C \"${1%/*}\" -cf - \"${1##*/}\" | tar -C \"${2%/*}\" -xpf -")]
    [InlineData("rsync", "rsync -a \"$1\" \"$2\"")]
    [InlineData("rsync", "rsync -a --bwlimit=40 --inplace \"$1\" \"$2\"")]
    [InlineData("rsync", "rsync -a --delay-updates \"$1\" \"${2%/*}/\"")]
    [InlineData("rsync", "rsync -a --partial-dir=.partial \"$1\" \"$2\"")]
    [InlineData("rsync", "rsync -a --append \"$1\" \"$2\"")]
    public async Task A_program_that_copies_or_moves(string program, string script)
    {
        SkipWithout(program);
        await StartWatchAsync();

        await ShellAsync(script, WriteSource("a.dat"), Path.Combine(In, "a.dat"));

        await ProcessedAsync("a.dat");
    }

    [Fact]
    public async Task Mv_from_another_file_system()
    {
        const string other = "/dev/shm";
        Assert.SkipUnless(
            Directory.Exists(other) && await DeviceOfAsync(other) != await DeviceOfAsync(Scratch),
            $"{other} is no file system of its own on this host");
        await StartWatchAsync();
        var source = Path.Combine(other, $"meeseeks-test-{Guid.NewGuid():N}.dat");
        await File.WriteAllBytesAsync(source, _content, TestContext.Current.CancellationToken);

        await ShellAsync("mv \"$1\" \"$2\"", source, Path.Combine(In, "a.dat"));

        await ProcessedAsync("a.dat");
    }

    [Fact]
    public async Task A_second_rsync_that_finds_nothing_to_do_runs_nothing()
    {
        SkipWithout("rsync");
        await StartWatchAsync();
        var source = WriteSource("a.dat");

        await ShellAsync("rsync -a \"$1\" \"$2\"", source, In + "/");
        await ProcessedAsync("a.dat");
        await ShellAsync("rsync -a \"$1\" \"$2\"", source, In + "/");

        await ProcessedAsync("a.dat");
    }

    [Fact]
    public async Task Dd_with_a_pause()
    {
        await StartWatchAsync();
        using var dd = Process.Start(
            new ProcessStartInfo("dd", [$"of={In}/a.dat", "bs=1000", "status=none"]) { RedirectStandardInput = true })!;
        await dd.StandardInput.BaseStream.WriteAsync(_content.AsMemory(0, Half), TestContext.Current.CancellationToken);
        await dd.StandardInput.BaseStream.FlushAsync(TestContext.Current.CancellationToken);
        await PauseAsync("a.dat");

        await dd.StandardInput.BaseStream.WriteAsync(_content.AsMemory(Half), TestContext.Current.CancellationToken);
        dd.StandardInput.Close();
        await dd.WaitForExitAsync(TestContext.Current.CancellationToken);

        await ProcessedAsync("a.dat");
    }

    [Theory]
    [InlineData("put in place", "a.dat")]
    [InlineData("rename", "a.dat.filepart")]
    [InlineData("rename", ".a.dat")]
    [InlineData("posix-rename", "a.dat.filepart")]
    [InlineData("posix-rename", "../a.dat")]
    public async Task Sftp_server_with_a_pause(string request, string first)
    {
        SkipWithoutSftpServer();
        await StartWatchAsync();
        var (upload, target) = (Path.Combine(In, first), Path.Combine(In, "a.dat"));
        await using var session = await SftpSession.StartAsync();

        var handle = await session.OpenAsync(upload);
        await session.SetAttributesAsync(handle);
        await session.WriteAsync(handle, 0, _content[..Half]);
        await PauseAsync(first);
        await session.WriteAsync(handle, Half, _content[Half..]);
        await session.SetAttributesAsync(handle);
        await session.CloseAsync(handle);
        await (request switch
        {
            "rename" => session.RenameAsync(upload, target),
            "posix-rename" => session.PosixRenameAsync(upload, target),
            _ => Task.CompletedTask,
        });
        await session.SetAttributesAsync(target);

        await ProcessedAsync("a.dat");
    }

    [Fact]
    public async Task Sftp_with_its_own_server()
    {
        SkipWithoutSftpServer();
        SkipWithout("sftp", package: "openssh-client");
        await StartWatchAsync();
        var source = WriteSource("source");
        var batch = Path.Combine(Scratch, "batch");
        await File.WriteAllTextAsync(
            batch,
            $"""
            put {source} {In}/a.dat
            put -p {source} {In}/b.dat
            put {source} {In}/c.dat.filepart
            rename {In}/c.dat.filepart {In}/c.dat
            put {source} {In}/.d.dat
            rename -l {In}/.d.dat {In}/d.dat

            """,
            TestContext.Current.CancellationToken);

        await ShellAsync("sftp -q -b \"$1\" -D \"$2\"", batch, SftpSession.Program!);

        await ProcessedAsync("a.dat", "b.dat", "c.dat", "d.dat");
    }

    private async Task StartWatchAsync() => _ = await AddAsync(Watch([SumJob()], new { glob = "*.dat", rescan = 3600 }));

    // Each file has one line: its name, size and checksum, as its job saw them.
    private async Task ProcessedAsync(params string[] names)
    {
        foreach (var name in names)
            await StatusAsync(name, "done");
        await HandledAsync();
        var sum = Convert.ToHexStringLower(SHA256.HashData(_content));
        Runs.Where(run => !run.StartsWith("marker")).Should().BeEquivalentTo(names.Select(name => $"{name} {_content.Length} {sum}"));
    }

    // A pause in which the watcher processes another file, after the first half was written.
    private async Task PauseAsync(string name)
    {
        var file = new FileInfo(Path.Combine(In, name));
        await UntilAsync(
            () =>
            {
                file.Refresh();
                return file.Exists && file.Length == Half;
            },
            () => $"{name} has {(file.Exists ? file.Length : -1)} bytes");
        await HandledAsync();
        Runs.Should().OnlyContain(run => run.StartsWith("marker"));
    }

    private object SumJob()
    {
        var script = $"echo \"$1 $(stat -c %%s \"$2\") $(sha256sum < \"$2\" | cut -d' ' -f1)\" >> '{Scratch}/runs'";
        return new { pool = "p", args = new[] { "/bin/sh", "-c", script, "sh", "%(filename)s", "%(file)s" } };
    }

    private string WriteSource(string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Scratch, "sources")).FullName;
        File.WriteAllBytes(Path.Combine(folder, name), _content);
        return Path.Combine(folder, name);
    }

    private Task ShellAsync(string script, params string[] words) => CommandAsync("/bin/sh", ["-c", script, "sh", .. words]);

    private static async Task<string> DeviceOfAsync(string path)
    {
        using var stat = Process.Start(new ProcessStartInfo("stat", ["-c", "%d", path]) { RedirectStandardOutput = true })!;
        return await stat.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    private static void SkipWithout(string program, string? package = null)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        Assert.SkipUnless(
            folders.Any(folder => File.Exists(Path.Combine(folder, program))),
            $"{program} is not installed (Debian package {package ?? program})");
    }

    private static void SkipWithoutSftpServer() =>
        Assert.SkipUnless(SftpSession.Program is not null, "sftp-server is not installed (Debian package openssh-sftp-server)");
}
