"""The server: every question of the protocol that planc answers, one short handler each.

A handler that fails answers with nothing, and says why on stderr: an editor must not lose its
session because of one odd file.
"""

from __future__ import annotations

import functools
import logging
import os
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from planc.lsp import highlighting
from planc.lsp.actions import FIX_ALL, Actions
from planc.lsp.completion import complete
from planc.lsp.deltas import Told
from planc.lsp.formatting import Change, changes, while_typing
from planc.lsp.hints import hints
from planc.lsp.hover import hover
from planc.lsp.navigation import HIGHLIGHT, Place, definition, highlights, references
from planc.lsp.outline import MOST, Outline, folds, project_symbols
from planc.lsp.positions import Encoding, Places
from planc.lsp.project import Project
from planc.lsp.renaming import Refused, prepare, rename
from planc.lsp.session import Session
from planc.lsp.signatures import signature
from planc.lsp.view import View

Handler = TypeVar("Handler", bound=Callable[..., Any])
log = logging.getLogger("planc.lsp")


class Server(LanguageServer):
    """A language server for plans; `session` holds all that changes, `told` its colours."""

    def __init__(self, version: str) -> None:
        super().__init__("planc", version)
        self.session = Session(self.text_document_publish_diagnostics)
        self.told = Told()

    def at(self, uri: str, position: lsp.Position) -> tuple[Project, str, int]:
        project, path = self.session.locate(uri)
        return project, path, self.session.places(project, path).offset(position)

    def file(self, uri: str) -> tuple[Project, View, Places]:
        project, path = self.session.locate(uri)
        return project, project.view(path), self.session.places(project, path)

    def location(self, project: Project, place: Place) -> lsp.Location:
        places = self.session.places(project, place.path)
        return lsp.Location(
            self.session.uri(project, place.path), places.range(place.start, place.end)
        )

    def can(self, *words: str) -> bool:
        """Say whether the client has an ability, given by the path of its attributes."""
        found: Any = self.client_capabilities
        for word in words:
            found = getattr(found, word, None)
        return bool(found)


def safely(handler: Handler) -> Handler:
    """Make a handler answer with nothing where it would fail."""

    @functools.wraps(handler)
    def guarded(*arguments: Any) -> Any:
        try:
            return handler(*arguments)
        except JsonRpcException:
            raise
        except Exception:
            log.exception("no answer to %s", handler.__name__)
            return None

    return guarded  # type: ignore[return-value]


def make(version: str) -> Server:
    """Return a server with all its handlers."""
    server = Server(version)
    for method, options, handler in _HANDLERS:
        server.feature(method, options)(safely(handler))
    return server


_HANDLERS: list[tuple[str, Any, Callable[..., Any]]] = []


def answers(method: str, options: Any = None) -> Callable[[Handler], Handler]:
    def add(handler: Handler) -> Handler:
        _HANDLERS.append((method, options, handler))
        return handler

    return add


# --- the session --------------------------------------------------------------------------------


@answers(lsp.INITIALIZED)
def initialized(server: Server, _: lsp.InitializedParams) -> None:
    session = server.session
    encoding = server.server_capabilities.position_encoding
    session.encoding = Encoding(str(getattr(encoding, "value", encoding) or "utf-16"))
    root = to_fs_path(server.workspace.root_uri or "") or os.getcwd()
    session.folder = os.path.abspath(root)
    session.checks.prepare()
    if server.can("workspace", "did_change_watched_files", "dynamic_registration"):
        watcher = lsp.FileSystemWatcher("**/{*.plan,planc.yaml}")
        options = lsp.DidChangeWatchedFilesRegistrationOptions([watcher])
        registration = lsp.Registration("files", lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
        server.client_register_capability(lsp.RegistrationParams([registration]))


@answers(lsp.TEXT_DOCUMENT_DID_OPEN)
def did_open(server: Server, params: lsp.DidOpenTextDocumentParams) -> None:
    document = params.text_document
    server.session.open(document.uri, document.text, document.version)


@answers(lsp.TEXT_DOCUMENT_DID_CHANGE)
def did_change(server: Server, params: lsp.DidChangeTextDocumentParams) -> None:
    document = params.text_document
    server.session.change(document.uri, list(params.content_changes), document.version)


@answers(lsp.TEXT_DOCUMENT_DID_SAVE)
def did_save(server: Server, params: lsp.DidSaveTextDocumentParams) -> None:
    server.session.files_changed()


@answers(lsp.TEXT_DOCUMENT_DID_CLOSE)
def did_close(server: Server, params: lsp.DidCloseTextDocumentParams) -> None:
    server.told.forget(params.text_document.uri)
    server.session.close(params.text_document.uri)


@answers(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
def files_changed(server: Server, params: lsp.DidChangeWatchedFilesParams) -> None:
    server.session.files_changed()


# --- writing ------------------------------------------------------------------------------------


@answers(lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=[".", '"', "{"]))
def completion(server: Server, params: lsp.CompletionParams) -> lsp.CompletionList:
    project, path, offset = server.at(params.text_document.uri, params.position)
    item = "text_document", "completion", "completion_item"
    found = complete(
        project,
        project.view(path),
        server.session.places(project, path),
        offset,
        snippets=server.can(*item, "snippet_support"),
        markdown=server.can(*item, "documentation_format"),
    )
    return lsp.CompletionList(is_incomplete=False, items=found)


@answers(lsp.TEXT_DOCUMENT_SIGNATURE_HELP, lsp.SignatureHelpOptions(trigger_characters=["(", ","]))
def signature_help(server: Server, params: lsp.SignatureHelpParams) -> lsp.SignatureHelp | None:
    project, path, offset = server.at(params.text_document.uri, params.position)
    found = signature(project, project.view(path), offset)
    if found is None:
        return None
    listed = [lsp.ParameterInformation(each) for each in found.parameters]
    information = lsp.SignatureInformation(found.label, parameters=listed)
    return lsp.SignatureHelp([information], 0, found.active)


@answers(lsp.TEXT_DOCUMENT_FORMATTING)
def formatting(server: Server, params: lsp.DocumentFormattingParams) -> list[lsp.TextEdit]:
    _, view, places = server.file(params.text_document.uri)
    return _edits(places, changes(view))


@answers(lsp.TEXT_DOCUMENT_RANGE_FORMATTING)
def range_formatting(
    server: Server, params: lsp.DocumentRangeFormattingParams
) -> list[lsp.TextEdit]:
    _, view, places = server.file(params.text_document.uri)
    within = places.offset(params.range.start), places.offset(params.range.end)
    return _edits(places, changes(view, within))


@answers(
    lsp.TEXT_DOCUMENT_ON_TYPE_FORMATTING,
    lsp.DocumentOnTypeFormattingOptions(first_trigger_character="}", more_trigger_character=["\n"]),
)
def on_type_formatting(
    server: Server, params: lsp.DocumentOnTypeFormattingParams
) -> list[lsp.TextEdit]:
    _, view, places = server.file(params.text_document.uri)
    return _edits(places, while_typing(view, places.offset(params.position), params.ch))


def _edits(places: Places, found: Iterable[Change]) -> list[lsp.TextEdit]:
    return [lsp.TextEdit(places.range(start, end), text) for start, end, text in found]


@answers(
    lsp.TEXT_DOCUMENT_CODE_ACTION,
    lsp.CodeActionOptions(code_action_kinds=[lsp.CodeActionKind.QuickFix, FIX_ALL]),
)
def code_action(server: Server, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    uri = params.text_document.uri
    project, _, places = server.file(uri)
    start, end = places.offset(params.range.start), places.offset(params.range.end)
    only = params.context.only

    def wanted(kind: str) -> bool:
        return not only or any(f"{kind}.".startswith(f"{each!s}.") for each in _texts(only))

    actions = Actions(
        server.session.found.get(uri, ()),
        lambda path: server.session.places(project, path),
        lambda path: server.session.uri(project, path),
    )
    return actions.at(start, end, wanted)


def _texts(kinds: Any) -> list[str]:
    return [str(getattr(each, "value", each)) for each in kinds]


# --- reading ------------------------------------------------------------------------------------


@answers(lsp.TEXT_DOCUMENT_HOVER)
def on_hover(server: Server, params: lsp.HoverParams) -> lsp.Hover | None:
    project, path, offset = server.at(params.text_document.uri, params.position)
    found = hover(project, path, offset)
    if found is None:
        return None
    text, start, end = found
    content = lsp.MarkupContent(lsp.MarkupKind.Markdown, text)
    return lsp.Hover(content, server.session.places(project, path).range(start, end))


@answers(lsp.TEXT_DOCUMENT_DEFINITION)
def go_to_definition(server: Server, params: lsp.DefinitionParams) -> list[lsp.Location]:
    project, path, offset = server.at(params.text_document.uri, params.position)
    return [server.location(project, each) for each in definition(project, path, offset)]


@answers(lsp.TEXT_DOCUMENT_REFERENCES)
def find_references(server: Server, params: lsp.ReferenceParams) -> list[lsp.Location]:
    project, path, offset = server.at(params.text_document.uri, params.position)
    declaration = params.context.include_declaration
    found = references(project, path, offset, declaration=declaration)
    return [server.location(project, each) for each in found]


@answers(lsp.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
def document_highlight(
    server: Server, params: lsp.DocumentHighlightParams
) -> list[lsp.DocumentHighlight]:
    project, path, offset = server.at(params.text_document.uri, params.position)
    places = server.session.places(project, path)
    return [
        lsp.DocumentHighlight(places.range(start, end), HIGHLIGHT[defines])
        for start, end, defines in highlights(project, path, offset)
    ]


@answers(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
def prepare_rename(server: Server, params: lsp.PrepareRenameParams) -> lsp.Range:
    project, path, offset = server.at(params.text_document.uri, params.position)
    try:
        site = prepare(project, path, offset)
    except Refused as refused:
        raise JsonRpcInvalidParams(str(refused)) from refused
    return server.session.places(project, path).range(site.start, site.end)


@answers(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))
def on_rename(server: Server, params: lsp.RenameParams) -> lsp.WorkspaceEdit:
    project, path, offset = server.at(params.text_document.uri, params.position)
    try:
        found = rename(project, path, offset, params.new_name)
    except Refused as refused:
        raise JsonRpcInvalidParams(str(refused)) from refused
    changes = {}
    for file, sites in found.items():
        places = server.session.places(project, file)
        changes[server.session.uri(project, file)] = [
            lsp.TextEdit(places.range(each.start, each.end), params.new_name) for each in sites
        ]
    return lsp.WorkspaceEdit(changes=changes)


@answers(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
def document_symbol(server: Server, params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol]:
    _, view, places = server.file(params.text_document.uri)
    return Outline(view, places).symbols()


@answers(lsp.WORKSPACE_SYMBOL)
def workspace_symbol(
    server: Server, params: lsp.WorkspaceSymbolParams
) -> list[lsp.WorkspaceSymbol]:
    session = server.session
    if not session.projects:
        session.locate(server.workspace.root_uri or "")
    found = []
    for project in session.projects.values():
        for view, start, end, name, kind in project_symbols(project, params.query):
            place = server.location(project, Place(view.path, start, end))
            found.append(
                lsp.WorkspaceSymbol(place, name, lsp.SymbolKind.Method if kind == "scenario"
                                    else lsp.SymbolKind.Class, container_name=view.path)
            )  # fmt: skip
            if len(found) == MOST:
                return found
    return found


@answers(lsp.TEXT_DOCUMENT_FOLDING_RANGE)
def folding_range(server: Server, params: lsp.FoldingRangeParams) -> list[lsp.FoldingRange]:
    _, view, places = server.file(params.text_document.uri)
    found = []
    for start, end, is_comment in folds(view):
        first, last = places.position(start).line, places.position(end).line
        kind = lsp.FoldingRangeKind.Comment if is_comment else None
        if last > first:
            # The line of a closing brace stays in sight.
            found.append(lsp.FoldingRange(first, last if is_comment else last - 1, kind=kind))
    return found


_LEGEND = lsp.SemanticTokensLegend(list(highlighting.TYPES), list(highlighting.MODIFIERS))


@answers(lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, _LEGEND)
def semantic_tokens(server: Server, params: lsp.SemanticTokensParams) -> lsp.SemanticTokens:
    uri = params.text_document.uri
    return server.told.all(uri, _all_tokens(server, uri))


@answers(lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL_DELTA, _LEGEND)
def semantic_tokens_delta(
    server: Server, params: lsp.SemanticTokensDeltaParams
) -> lsp.SemanticTokens | lsp.SemanticTokensDelta:
    uri = params.text_document.uri
    return server.told.since(uri, params.previous_result_id, _all_tokens(server, uri))


def _all_tokens(server: Server, uri: str) -> list[int]:
    project, view, places = server.file(uri)
    return highlighting.encoded(
        places, highlighting.tokens(project, view, 0, len(view.source.text))
    )


@answers(lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE, _LEGEND)
def semantic_tokens_range(
    server: Server, params: lsp.SemanticTokensRangeParams
) -> lsp.SemanticTokens:
    project, view, places = server.file(params.text_document.uri)
    start, end = places.offset(params.range.start), places.offset(params.range.end)
    found = highlighting.tokens(project, view, start, end)
    return lsp.SemanticTokens(highlighting.encoded(places, found))


@answers(lsp.TEXT_DOCUMENT_INLAY_HINT)
def inlay_hint(server: Server, params: lsp.InlayHintParams) -> list[lsp.InlayHint]:
    project, view, places = server.file(params.text_document.uri)
    start, end = places.offset(params.range.start), places.offset(params.range.end)
    return [
        lsp.InlayHint(places.position(offset), text, padding_left=True, tooltip=why)
        for offset, text, why in hints(project, view, start, end)
    ]
