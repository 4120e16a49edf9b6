using MeeseeksBox.Agent.Configuration;

namespace MeeseeksBox.Agent.Tests.Configuration;

/// <summary>A host with root, toor (0), alice (1000) and bob (1001), each with a group of the same name; bob is in group 27, too.</summary>
/// <param name="own">The user of the process.</param>
internal sealed class FakeAccounts(string own) : IAccounts
{
    private static readonly Account[] All =
    [
        new(0, "root", 0), new(0, "toor", 0), new(1000, "alice", 1000) { Home = "/home/alice", Shell = "/bin/zsh" }, new(1001, "bob", 1001),
    ];

    public Account OwnUser => FindUser(own)!;

    public Account OwnGroup => FindGroup(own)!;

    public Account? FindUser(string nameOrNumber) =>
        Array.Find(All, user => user.Name == nameOrNumber || $"{user.Id}" == nameOrNumber)
        ?? (uint.TryParse(nameOrNumber, out var id) ? new Account(id, nameOrNumber, id) { IsKnown = false } : null);

    public Account? FindGroup(string nameOrNumber) => FindUser(nameOrNumber);

    public IReadOnlyList<uint> GroupsOf(Account user, uint group) => user.Name is "bob" ? [27, group] : [group];
}
