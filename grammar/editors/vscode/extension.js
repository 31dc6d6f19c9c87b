// Starts `planc lsp` and lets VS Code talk to it.

const { commands, window, workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

// A folder that is not trusted brings no program of its own.
function command() {
  if (!workspace.isTrusted) return workspace.getConfiguration("planc").inspect("command").defaultValue;
  const folder = workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";
  return workspace.getConfiguration("planc").get("command").replace("${workspaceFolder}", folder);
}

async function start() {
  const server = { command: command(), args: ["lsp"] };
  const documents = [{ language: "plan" }];
  client = new LanguageClient("planc", "planc", server, { documentSelector: documents });
  try {
    await client.start();
  } catch (error) {
    window.showErrorMessage(
      `planc: ${error.message}. Install it with pip install 'planc[lsp]', or set planc.command.`
    );
  }
}

async function activate(context) {
  context.subscriptions.push(
    commands.registerCommand("planc.restart", async () => {
      await client?.stop();
      await start();
    })
  );
  await start();
}

function deactivate() {
  return client?.stop();
}

module.exports = { activate, deactivate };
