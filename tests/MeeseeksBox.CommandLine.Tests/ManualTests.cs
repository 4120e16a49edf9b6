using MeeseeksBox.CommandLine.Commands;

namespace MeeseeksBox.CommandLine.Tests;

/// <summary>The man page and the help cover every command.</summary>
public sealed class ManualTests
{
    public static TheoryData<string> Commands { get; } = [.. CommandTable.All.Select(command => command.Name)];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Every_command_is_in_the_man_page_and_has_examples_in_its_help(string name)
    {
        var manual = File.ReadAllText(Path.Combine(Root(), "docs", "man", "meeseeks-client.1"));
        var command = CommandTable.All.Single(known => known.Name == name);

        manual.Should().Contain($".It Cm {name}{(command.Alias is { } alias ? $" | {alias}" : "")}");
        command.Help.Should().Contain("Example");
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "MeeseeksBox.sln")))
            folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
