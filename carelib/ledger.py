"""The ledger of people's decisions: an append-only table in a file or in another database (contract §7)."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from carelib.records import CatalogueError, Decision

COLUMNS = ("decision_id", "at", "by", "cycle", "school_code", "kind", "subject", "verdict", "saw", "use", "reason", "previous")
MAY_BE_EMPTY = ("school_code", "use", "reason", "previous")
_GUARDS = ("create trigger if not exists ledger_no_update before update on ledger "
           "begin select raise(abort, 'the ledger is append-only'); end",
           "create trigger if not exists ledger_no_delete before delete on ledger "
           "begin select raise(abort, 'the ledger is append-only'); end")
TROUBLE = {
    "locked": "决定库 {file} 正被别的程序占用，本次没有读到也没有记下任何决定。请关闭打开它的程序后再运行。",
    "shut": "决定库 {file} 打不开或写不进（可能没有权限、磁盘已满，或里面的表不是本程序建的），本次没有记下任何决定。请检查后再运行；"
            "内容不对的，请从备份恢复这个文件，不要删除它：删去就丢失全部已记下的决定。",
    "broken": "决定库 {file} 已损坏：里面应是本程序记下决定的 SQLite 数据库，现在读不出来，本次没有记下任何决定。请从备份恢复这个文件后再运行；"
              "不要删除它：删去就丢失全部已记下的决定。",
    "elsewhere": "环境变量 CARELIB_LEDGER 指定的决定库连不上或读不出来，本次没有记下任何决定。请核对地址、网络、账号和所需的驱动程序；"
                 "不用别的数据库的，请去掉这个变量。"}


class Ledger:
    """Decisions in the order in which they were made. `where`: a file's path, or the URL of another database.

    SQLAlchemy takes a second to load, and most processes only want to know that nothing was decided: it is loaded on need.
    """

    def __init__(self, where: str | Path) -> None:
        self.where = str(where)
        self.is_file = "://" not in self.where

    def decisions(self) -> tuple[Decision, ...]:
        """All of them; none where the file does not exist yet."""
        if self.is_file and not Path(self.where).exists():
            return ()
        import sqlalchemy as sa
        table = self._table()
        with self._told(), self._engine().connect() as connection:
            if not sa.inspect(connection).has_table(table.name):
                return ()
            rows = connection.execute(sa.select(table).order_by(table.c.seq)).mappings()
            return tuple(Decision(**{k: row[k] for k in COLUMNS}) for row in rows)

    def add(self, decisions: Sequence[Decision]) -> None:
        """Append all of them, or none."""
        import sqlalchemy as sa
        table = self._table()
        with self._told(), self._engine().begin() as connection:
            table.metadata.create_all(connection)
            if connection.dialect.name == "sqlite":
                for guard in _GUARDS:
                    connection.execute(sa.text(guard))
            connection.execute(sa.insert(table), [asdict(d) for d in decisions])

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What a database says is told in a Chinese sentence; nobody's decision stands in it."""
        import sqlalchemy as sa
        try:
            yield
        except sa.exc.OperationalError as fault:
            raise CatalogueError(self._trouble("locked" if "locked" in str(fault.orig) else "shut")) from None
        except (sa.exc.SQLAlchemyError, ImportError):
            raise CatalogueError(self._trouble("broken")) from None

    def _trouble(self, kind: str) -> str:
        return TROUBLE[kind if self.is_file else "elsewhere"].format(file=Path(self.where).name)

    def _table(self) -> Any:
        import sqlalchemy as sa
        columns = (sa.Column(name, sa.Text, nullable=name in MAY_BE_EMPTY) for name in COLUMNS)
        return sa.Table("ledger", sa.MetaData(), sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True), *columns)

    def _engine(self) -> Any:
        import sqlalchemy as sa
        engine = sa.create_engine(f"sqlite:///{self.where}" if self.is_file else self.where, poolclass=sa.NullPool)
        if engine.dialect.name == "sqlite":
            @sa.event.listens_for(engine, "connect")
            def _durable(connection: Any, _: Any) -> None:
                connection.execute("pragma journal_mode=delete")
                connection.execute("pragma synchronous=extra")
                connection.execute("pragma secure_delete=on")
        return engine
