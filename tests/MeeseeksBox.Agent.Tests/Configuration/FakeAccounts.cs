using MeeseeksBox.Agent.Configuration;

namespace MeeseeksBox.Agent.Tests.Configuration;

/// <summary>A host with root, alice (1000) and bob (1001), each with a group of the same name.</summary>
/// <param name="own">The user of the process.</param>
internal sealed class FakeAccounts(string own) : IAccounts
{
    private static readonly Account[] All = [new(0, "root", 0), new(1000, "alice", 1000), new(1001, "bob", 1001)];

    public Account OwnUser => FindUser(own)!;

    public Account OwnGroup => FindGroup(own)!;

    public Account? FindUser(string nameOrNumber) => Array.Find(All, user => user.Name == nameOrNumber || $"{user.Id}" == nameOrNumber);

    public Account? FindGroup(string nameOrNumber) => FindUser(nameOrNumber);
}
